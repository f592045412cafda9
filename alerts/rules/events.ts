import * as bus from "../../services/base/metrics-contract/events.ts";
import { DASHBOARDS, type AlertRule, type RuleGroup } from "../model/alert.ts";
import { logsOf, query, RECENT_ERRORS, STATUS, TRAFFIC_BACK } from "./commands.ts";
import { ratio } from "./promql.ts";

const handled = (more = ""): string => `sum by (group) (rate(${bus.HANDLED.name}${more}[10m]))`;
const feed = { group: "social.trade-feed" } as const;
const of = (metric: { readonly name: string }, more = ""): string => `${metric.name}{group="social.trade-feed"${more}}`;

function deadLettered(name: string, severity: "critical" | "warning", matchers: string, group: string): AlertRule {
  return {
    name,
    severity,
    expr: `max by (group) (${bus.DEAD_LETTERS_WAITING.name}${matchers}) > 0`,
    forSeconds: 0,
    keepFiringSeconds: 600,
    summary: severity === "critical" ? "Events about money could not be handled." : "Events could not be handled.",
    description: "{{ $value | humanize }} events that group {{ $labels.group }} gave up on wait for somebody (threshold 0).",
    runbook: {
      meaning: "An event failed at every attempt, and was put aside so that the others go on.",
      impact: "Its effect is missing until it is replayed, or for good once it is discarded.",
      commands: [RECENT_ERRORS, "./astra events", STATUS],
      goBack: `Deploy the release that can handle it, then \`./astra events replay\`. What never can be handled: \`./astra events discard --id ID --reason TEXT\`. ${TRAFFIC_BACK}`,
    },
    test: {
      labels: { group },
      value: "1",
      series: [{ series: `${bus.DEAD_LETTERS_WAITING.name}{group="${group}"}`, bad: 1, good: 0 }],
    },
  };
}

/** Streams, groups, relay and outbox. */
export const events: RuleGroup = {
  name: "events",
  component: "event-bus",
  owner: "platform",
  dashboard: DASHBOARDS.events,
  records: [],
  alerts: [
    {
      name: "EventBusGroupLagging",
      severity: "critical",
      expr: `max by (group) (${bus.GROUP_LAG.name}) > 30`,
      forSeconds: 120,
      keepFiringSeconds: 300,
      summary: "A group does not keep up with its events.",
      description: "Group {{ $labels.group }} is {{ $value | humanizeDuration }} behind (threshold 30 s).",
      runbook: {
        meaning: "Events wait although they are in the stream: the consumers are slow, fail, or do not run.",
        impact: "What the group does (see the table of groups in the design) shows late.",
        commands: [query("sum by (group) (eventbus_group_reading)"), RECENT_ERRORS, query("sum by (group, outcome) (rate(eventbus_handled_total[5m]))")],
        goBack: TRAFFIC_BACK,
      },
      test: { labels: feed, value: "31s", series: [{ series: of(bus.GROUP_LAG), bad: 31, good: 29 }] },
    },
    {
      name: "EventBusGroupWithoutReader",
      severity: "critical",
      expr: `sum by (group) (${bus.GROUP_READING.name}) == 0`,
      forSeconds: 120,
      summary: "Nobody reads a group's events.",
      description: "No process reads the events of group {{ $labels.group }}.",
      runbook: {
        meaning: "All processes of the group's service are without weight, draining, or cannot read Redis.",
        impact: "Events wait in the stream; none is lost.",
        commands: [STATUS, query("gateway_traffic_weight"), logsOf("redis")],
        goBack: "Give one colour its weight back.",
      },
      test: { labels: feed, series: [{ series: of(bus.GROUP_READING), bad: 0, good: 1 }] },
    },
    {
      name: "EventBusGroupMissing",
      severity: "critical",
      expr: `(count(count by (group) (${bus.GROUP_READING.name})) or vector(0)) < ${bus.CONSUMER_GROUPS.length}`,
      forSeconds: 300,
      summary: "A consumer group is missing.",
      description: `Only {{ $value | humanize }} of ${bus.CONSUMER_GROUPS.length} consumer groups exist.`,
      runbook: {
        meaning: "A group that the code declares is run by no process.",
        impact: "Its events are read by nobody.",
        commands: [query("count by (group) (eventbus_group_reading)"), STATUS, RECENT_ERRORS],
        goBack: TRAFFIC_BACK,
      },
      test: {
        value: String(bus.CONSUMER_GROUPS.length - 1),
        series: bus.CONSUMER_GROUPS.map((group, index) => ({
          series: `${bus.GROUP_READING.name}{group="${group}"}`,
          bad: index === 0 ? "absent" : 1,
          good: 1,
        })),
      },
    },
    deadLettered("EventBusDeadLettered", "warning", "", "social.trade-feed"),
    deadLettered("EventBusDeadLetteredMoney", "critical", '{group=~"(trading|financial)\\\\..*"}', "financial.trade-revenue"),
    {
      name: "EventBusGroupRetired",
      severity: "warning",
      // Of two colours one may have a group that the other does not have yet.
      expr: `min by (workload) (${bus.RETIRED_GROUPS.name}) > 0`,
      forSeconds: 3600,
      summary: "A stream is kept for a group that nobody runs.",
      description: "{{ $value | humanize }} groups on the stream of {{ $labels.workload }} are in no running release (threshold 0); it grows from where they stopped reading.",
      runbook: {
        meaning: "A release without the group took over, and the group's place in the stream is still there, in case the release before comes back.",
        impact: "None for users; Redis' memory fills with what nobody will read.",
        commands: ["./astra events", query("eventbus_retired_groups"), query("redis_memory_used_bytes / redis_memory_max_bytes")],
        goBack: "Once the older release will not come back: `./astra events remove --group NAME`, as `./astra events` shows it.",
      },
      test: { labels: { workload: "trading" }, value: "1", series: [{ series: `${bus.RETIRED_GROUPS.name}{workload="trading"}`, bad: 1, good: 0 }] },
    },
    {
      name: "EventBusRetriesHigh",
      severity: "warning",
      expr: `${ratio(handled('{outcome="retried"}'), handled())} > 0.05 and ${handled()} > 0.1`,
      forSeconds: 600,
      summary: "A group repeats many events.",
      description: "{{ $value | humanizePercentage }} of the deliveries to group {{ $labels.group }} have to be repeated (threshold 5 %).",
      runbook: {
        meaning: "Events fail at first: the database is slow, rows are locked, or an event cannot be handled at all.",
        impact: "Effects come late; if it stays, events become dead letters.",
        commands: [RECENT_ERRORS, query("increase(eventbus_dead_lettered_total[1h]) > 0"), query("rate(pg_stat_database_deadlocks[10m]) > 0")],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: feed,
        value: "5.2%",
        trueAfterSeconds: 15,
        series: [
          { series: of(bus.HANDLED, ',outcome="handled"'), bad: { perStep: 948 }, good: { perStep: 952 } },
          { series: of(bus.HANDLED, ',outcome="retried"'), bad: { perStep: 52 }, good: { perStep: 48 } },
        ],
      },
    },
    {
      name: "EventDeliverySlow",
      severity: "warning",
      expr:
        `histogram_quantile(0.99, sum by (le, group) (rate(${bus.HANDLING_DELAY.name}_bucket[5m]))) > 5 ` +
        `and sum by (group) (rate(${bus.HANDLING_DELAY.name}_count[5m])) > 0.1`,
      forSeconds: 600,
      summary: "Events take effect late.",
      description: "1 % of the events of group {{ $labels.group }} take effect after {{ $value | humanizeDuration }} or more (threshold 5 s).",
      runbook: {
        meaning: "From what happened to its effect it takes long: outbox, relay, stream or handler.",
        impact: "Feed, points and figures show late.",
        commands: [query("outbox_oldest_unsent_age_seconds > 1"), query("eventbus_group_lag_seconds > 1"), "docker stats --no-stream"],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: feed,
        value: "10s",
        trueAfterSeconds: 15,
        series: [
          { series: of(bus.HANDLING_DELAY).replace("{", "_count{"), bad: { perStep: 1000 }, good: { perStep: 1000 } },
          ...[
            { le: "5", bad: 980, good: 991 },
            { le: "15", bad: 1000, good: 1000 },
            { le: "+Inf", bad: 1000, good: 1000 },
          ].map(({ le, bad, good }) => ({
            series: of(bus.HANDLING_DELAY, `,le="${le}"`).replace("{", "_bucket{"),
            bad: { perStep: bad },
            good: { perStep: good },
          })),
        ],
      },
    },
    {
      name: "OutboxBacklogOld",
      severity: "critical",
      expr: `max by (workload) (${bus.OUTBOX_OLDEST_UNSENT_AGE.name}) > 30`,
      forSeconds: 120,
      summary: "Committed events do not reach the stream.",
      description: "The oldest event in the outbox of {{ $labels.workload }} has waited for {{ $value | humanizeDuration }} (threshold 30 s).",
      runbook: {
        meaning: "The state has changed and the other services have not been told: the relay does not run, or Redis takes no writes.",
        impact: "Feed, points and figures stand still; nothing is lost.",
        commands: [query("sum by (workload) (eventbus_relay_active)"), logsOf("redis"), query("redis_memory_used_bytes / redis_memory_max_bytes")],
        goBack: "Bring Redis back; the relay goes on by itself.",
      },
      test: { labels: { workload: "trading" }, value: "31s", series: [{ series: `${bus.OUTBOX_OLDEST_UNSENT_AGE.name}{workload="trading"}`, bad: 31, good: 29 }] },
    },
    {
      name: "EventBusNoRelay",
      severity: "critical",
      expr: `sum by (workload) (${bus.RELAY_ACTIVE.name}) == 0`,
      forSeconds: 120,
      summary: "No relay publishes a domain's events.",
      description: "No process of {{ $labels.workload }} holds the lock of its relay.",
      runbook: {
        meaning: "One process of each domain publishes its outbox; none does.",
        impact: "Events of the domain wait in the outbox; none is lost.",
        commands: [STATUS, query("outbox_unsent"), logsOf("postgres")],
        goBack: TRAFFIC_BACK,
      },
      test: { labels: { workload: "trading" }, series: [{ series: `${bus.RELAY_ACTIVE.name}{workload="trading"}`, bad: 0, good: 1 }] },
    },
    {
      name: "EventBusRepublished",
      severity: "warning",
      expr: `sum by (workload) (increase(${bus.REPUBLISHED.name}[15m])) > 0`,
      forSeconds: 0,
      keepFiringSeconds: 900,
      summary: "Redis had lost events.",
      description: "The relay of {{ $labels.workload }} put events into the stream again within 15 minutes (threshold 0).",
      runbook: {
        meaning: "The stream lacked what the outbox says was sent: Redis lost data, by a crash, a flush, or an old volume.",
        impact: "None: the events were published again, and what was handled already is not handled twice.",
        commands: [query("redis_uptime_in_seconds"), logsOf("redis", "1h"), query("redis_aof_enabled")],
        goBack: "Nothing to take back; find out why Redis lost data.",
      },
      test: {
        labels: { workload: "trading" },
        trueAfterSeconds: 30,
        series: [{ series: `${bus.REPUBLISHED.name}{workload="trading"}`, bad: "0 0 5x80", good: "0x80" }],
      },
    },
  ],
};
