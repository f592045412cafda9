import { PROCESS_START } from "../../services/base/metrics-contract/external/node.ts";
import { RELEASE_FROZEN } from "../../services/base/metrics-contract/external/release.ts";
import * as gateway from "../../services/base/metrics-contract/gateway.ts";
import { HTTP_DURATION, SERVICE_INFO } from "../../services/base/metrics-contract/process.ts";
import { DASHBOARDS, type AlertRule, type RecordRule, type RuleGroup } from "../model/alert.ts";
import { query, RECENT_ERRORS, STATUS } from "./commands.ts";

const COLOURS = ["blue", "green"] as const;
const REQUESTS = "colour:requests:rate2m";
const ERROR_RATIO = "colour:error_ratio:rate2m";
const LATENCY = "colour:latency_seconds:p95_2m";
const REQUESTS_NOW = "colour:requests:rate20s";
const ERROR_RATIO_NOW = "colour:error_ratio:rate20s";

/** Requests a second and the share of them that failed, for each workload and colour, over a window. */
function requestsAndErrors(requests: string, errorRatio: string, window: string): readonly RecordRule[] {
  // What gateways saw of a service's colour, in the labels `workload` and `colour`.
  const seenByGateways = (matchers: string): string => {
    const rate = `sum by (upstream, upstream_colour) (rate(${gateway.UPSTREAM_REQUESTS.name}{${matchers}}[${window}]))`;
    const named = `label_replace(label_replace(${rate}, "workload", "$1", "upstream", "(.+)"), "colour", "$1", "upstream_colour", "(.+)")`;
    return `sum by (workload, colour) (${named})`;
  };
  const ofGateways = (matchers: string): string => `sum by (workload, colour) (rate(${HTTP_DURATION.name}_count{workload="gateway"${matchers}}[${window}]))`;
  return [
    { record: requests, expr: `${seenByGateways('outcome!="client-gone"')} or ${ofGateways("")}` },
    // A colour without requests has no errors: so that the other one has something to be compared with.
    {
      record: errorRatio,
      expr: `(${seenByGateways('outcome=~"server-error|timeout|refused|reset|broken"')} or ${ofGateways(',code=~"5.."')}) / (${requests} > 0) or 0 * ${requests}`,
    },
  ];
}

/** A share of errors above 2 %, and twice that of the other colour. */
const failsMore = (errorRatio: string, own: string, other: string): string => `${errorRatio}${own} > on (workload) group_left () (0.02 + 2 * ${errorRatio}${other})`;

/** For each colour: a condition on it, compared with the other one. A colour that stands alone is never worse. */
function worseThanOther(condition: (own: string, other: string) => string): string {
  return COLOURS.map((colour) => condition(`{colour="${colour}"}`, `{colour="${colour === "blue" ? "green" : "blue"}"}`))
    .map((each) => `(${each})`)
    .join(" or ");
}

const ROLLBACK = "The rollback may have happened by itself: look at the traffic first. By hand, give the other colour all weight, or destroy this one.";
const rollback = { severity: "critical", action: "rollback" } as const;
const impact = "Users whose requests go to this colour; with the other colour standing, going back costs nothing.";
const commands: AlertRule["runbook"]["commands"] = [STATUS, RECENT_ERRORS, query("gateway_traffic_weight")];

const tries = (colour: string, outcome: string): string => `${gateway.UPSTREAM_REQUESTS.name}{upstream="nft",upstream_colour="${colour}",outcome="${outcome}"}`;
const bucket = (colour: string, le: string): string => `${HTTP_DURATION.name}_bucket{workload="nft",colour="${colour}",route="/api/v1/nft/marketplace",le="${le}"}`;
const weight = (instance: string, colour: string): string => `${gateway.TRAFFIC_WEIGHT.name}{instance="${instance}",upstream="nft",upstream_colour="${colour}"}`;
const steady = (series: string, value: number) => ({ series, bad: value, good: value });
const growing = (series: string, perStep: number) => ({ series, bad: { perStep }, good: { perStep } });

/** Colours beside each other, and what takes a bad one back. */
export const deployment: RuleGroup = {
  name: "deployment",
  component: "deployment",
  owner: "platform",
  dashboard: DASHBOARDS.deployment,
  records: [
    ...requestsAndErrors(REQUESTS, ERROR_RATIO, "2m"),
    // For what has to be seen at once.
    ...requestsAndErrors(REQUESTS_NOW, ERROR_RATIO_NOW, "20s"),
    {
      record: LATENCY,
      expr: `histogram_quantile(0.95, sum by (le, workload, colour) (rate(${HTTP_DURATION.name}_bucket{route=~"/api/.*"}[2m]))) and on (workload, colour) ${REQUESTS} > 0.2`,
    },
  ],
  alerts: [
    {
      name: "ColourErrorsWorse",
      ...rollback,
      expr: worseThanOther(
        (own, other) => `${failsMore(ERROR_RATIO, own, other)} and ${REQUESTS}${own} > 0.2`,
      ),
      forSeconds: 60,
      summary: "A colour fails more than the other one.",
      description:
        "{{ $value | humanizePercentage }} of the requests to {{ $labels.workload }} {{ $labels.colour }} fail, more than 2 % and twice the other colour's share.",
      runbook: { meaning: "The release of this colour is worse than the one that stands beside it.", impact, commands, goBack: ROLLBACK },
      test: {
        labels: { workload: "nft", colour: "green" },
        value: "3.2%",
        trueAfterSeconds: 15,
        series: [
          { series: tries("green", "answered"), bad: { perStep: 968 }, good: { perStep: 972 } },
          { series: tries("green", "server-error"), bad: { perStep: 32 }, good: { perStep: 28 } },
          growing(tries("blue", "answered"), 995),
          growing(tries("blue", "timeout"), 5),
        ],
      },
    },
    {
      // Eight errors in a window (0.4 a second) are too many to be chance beside a colour without.
      name: "ColourErrorsWorseNow",
      ...rollback,
      expr: worseThanOther(
        (own, other) => `${failsMore(ERROR_RATIO_NOW, own, other)} and ${ERROR_RATIO_NOW}${own} * ${REQUESTS_NOW}${own} > 0.4`,
      ),
      forSeconds: 10,
      summary: "A busy colour has begun to fail.",
      description:
        "{{ $value | humanizePercentage }} of the requests to {{ $labels.workload }} {{ $labels.colour }} failed in 20 s, more than 2 % and twice the other colour's share.",
      runbook: { meaning: "A colour under load turned bad within seconds, with eight failed requests at least: its release, or what only it uses.", impact, commands, goBack: ROLLBACK },
      test: {
        labels: { workload: "nft", colour: "green" },
        value: "5%",
        trueAfterSeconds: 5,
        stepSeconds: 5,
        series: [
          { series: tries("green", "answered"), bad: { perStep: 1900 }, good: { perStep: 1970 } },
          { series: tries("green", "server-error"), bad: { perStep: 100 }, good: { perStep: 30 } },
          growing(tries("blue", "answered"), 2000),
        ],
      },
    },
    {
      name: "ColourLatencyWorse",
      ...rollback,
      expr: worseThanOther((own, other) => `${LATENCY}${own} > 0.5 and ${LATENCY}${own} > on (workload) group_left () 2 * ${LATENCY}${other}`),
      forSeconds: 120,
      summary: "A colour is slower than the other one.",
      description:
        "5 % of the answers of {{ $labels.workload }} {{ $labels.colour }} take longer than {{ $value | humanizeDuration }} (threshold 500 ms and twice the other colour's).",
      runbook: { meaning: "The release of this colour is much slower than the one beside it, under requests of the same kind.", impact, commands, goBack: ROLLBACK },
      test: {
        labels: { workload: "nft", colour: "green" },
        value: "750ms",
        trueAfterSeconds: 15,
        series: [
          growing(tries("green", "answered"), 1000),
          growing(tries("blue", "answered"), 1000),
          { series: bucket("green", "0.5"), bad: { perStep: 900 }, good: { perStep: 951 } },
          growing(bucket("green", "1"), 1000),
          growing(bucket("green", "+Inf"), 1000),
          growing(bucket("blue", "0.1"), 1000),
          growing(bucket("blue", "+Inf"), 1000),
        ],
      },
    },
    {
      name: "ColourCrashLooping",
      ...rollback,
      expr: worseThanOther(
        (own, other) =>
          `max by (workload, colour) (changes(${PROCESS_START.name}${own.replace("{", '{job="services",')}[5m])) > 2 ` +
          `and on (workload) max by (workload) (changes(${PROCESS_START.name}${other.replace("{", '{job="services",')}[5m])) == 0`,
      ),
      forSeconds: 0,
      keepFiringSeconds: 600,
      summary: "A colour's process starts again and again.",
      description: "{{ $labels.workload }} {{ $labels.colour }} began anew {{ $value | humanize }} times in 5 minutes (threshold 2), while the other colour stands.",
      runbook: { meaning: "The release of this colour does not stay up.", impact, commands, goBack: ROLLBACK },
      test: {
        labels: { workload: "nft", colour: "green" },
        value: "3",
        trueAfterSeconds: 45,
        series: [
          { series: `${PROCESS_START.name}{job="services",workload="nft",colour="green"}`, bad: "100 200 300 400x20", good: "100 200 300x20" },
          steady(`${PROCESS_START.name}{job="services",workload="nft",colour="blue"}`, 50),
        ],
      },
    },
    {
      name: "ReleaseFrozen",
      severity: "critical",
      expr: `max(${RELEASE_FROZEN.name}) == 1`,
      forSeconds: 30,
      summary: "A release has failed and cannot be taken back.",
      description: "A release stands still where it failed, since a migration cannot go back (threshold 1). A person has to decide.",
      runbook: {
        meaning: "The new release is bad, and the old one cannot serve any more after a migration that it does not have.",
        impact: "Requests go on by the weights of the moment at which it failed; those to the new colour partly fail.",
        commands: [STATUS, "./astra migrations", RECENT_ERRORS],
        goBack:
          "Forward: mend the cause, then `./astra rollout COLOUR`, which goes on; or give it all requests with `--skip-judgement`, and deploy the fix to the other colour. " +
          "Back, where you know that the old release can serve all the same: `./astra rollback --force`.",
      },
      test: { series: [{ series: RELEASE_FROZEN.name, bad: 1, good: 0 }] },
    },
    {
      name: "DeploymentVersionSkew",
      severity: "warning",
      expr: `count by (colour) (count by (colour, version) (${SERVICE_INFO.name})) > 1`,
      forSeconds: 600,
      summary: "A colour runs several releases.",
      description: "{{ $labels.colour }} runs {{ $value | humanize }} releases at once (threshold 1).",
      runbook: {
        meaning: "A deployment of this colour stopped half-way.",
        impact: "Services of different releases talk to each other.",
        commands: [STATUS, query("count by (colour, version) (service_info)"), "./astra up"],
        goBack: "Deploy the colour again, with the release that it should have.",
      },
      test: {
        labels: { colour: "blue" },
        value: "2",
        series: [
          steady(`${SERVICE_INFO.name}{workload="nft",colour="blue",version="1"}`, 1),
          { series: `${SERVICE_INFO.name}{workload="user",colour="blue",version="2"}`, bad: 1, good: "absent" },
        ],
      },
    },
    {
      name: "TrafficTableDisagreement",
      severity: "warning",
      expr: `max by (upstream, upstream_colour) (${gateway.TRAFFIC_WEIGHT.name}) - min by (upstream, upstream_colour) (${gateway.TRAFFIC_WEIGHT.name}) > 0`,
      forSeconds: 60,
      summary: "Gateways do not agree on the traffic.",
      description: "Gateways differ by {{ $value | humanize }} percent in what {{ $labels.upstream }} {{ $labels.upstream_colour }} gets (threshold 0).",
      runbook: {
        meaning: "A gateway does not read the traffic table or the registry: it cannot reach Redis.",
        impact: "A change of weights, a rollback too, does not reach all requests.",
        commands: [query("gateway_traffic_weight"), query("gateway_registry_age_seconds"), STATUS],
        goBack: "Restart the gateway that is behind, one container at a time.",
      },
      test: {
        labels: { upstream: "nft", upstream_colour: "blue" },
        value: "10",
        series: [steady(weight("a", "blue"), 100), { series: weight("b", "blue"), bad: 90, good: 100 }],
      },
    },
    {
      name: "IdleColourRunning",
      severity: "info",
      expr:
        `max by (upstream_colour) (${gateway.TRAFFIC_WEIGHT.name}) == 0 and on (upstream_colour) ` +
        `sum by (upstream_colour) (${gateway.UPSTREAM_INSTANCES.name}) > 0`,
      forSeconds: 86_400,
      summary: "A colour has run for a day without requests.",
      description: "{{ $labels.upstream_colour }} runs and gets nothing. It costs memory and half of the database's connections.",
      runbook: {
        meaning: "After a rollout the old colour was left running.",
        impact: "None for users.",
        commands: [STATUS, query("gateway_traffic_weight"), "docker stats --no-stream"],
        goBack: "Keep it as long as going back may be needed; then take it down with `./astra down`.",
      },
      test: {
        labels: { upstream_colour: "green" },
        stepSeconds: 600,
        series: [
          { series: weight("a", "green"), bad: 0, good: 1 },
          steady(`${gateway.UPSTREAM_INSTANCES.name}{upstream="nft",upstream_colour="green"}`, 1),
        ],
      },
    },
  ],
};
