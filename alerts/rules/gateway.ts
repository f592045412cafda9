import { BACKEND_ACTIVE_SERVERS, EDGE_CONNECTIONS, EDGE_MAX_CONNECTIONS } from "../../services/base/metrics-contract/external/edge.ts";
import { UP } from "../../services/base/metrics-contract/external/monitoring.ts";
import * as gateway from "../../services/base/metrics-contract/gateway.ts";
import { HTTP_DURATION } from "../../services/base/metrics-contract/process.ts";
import { DASHBOARDS, type RuleGroup } from "../model/alert.ts";
import { CHECK, HEALTH, logsOf, query, RECENT_ERRORS, STATUS, TRAFFIC_BACK } from "./commands.ts";
import { ratio } from "./promql.ts";

const requests = (more = ""): string => `sum by (route) (rate(${HTTP_DURATION.name}_count{workload="gateway"${more}}[5m]))`;
const upstream = (more = ""): string => `sum by (upstream) (rate(${gateway.UPSTREAM_REQUESTS.name}${more}[5m]))`;
const all = (window: string): string => `sum(rate(${HTTP_DURATION.name}_count{workload="gateway"}[10m]${window}))`;

const count = (code: string): string => `${HTTP_DURATION.name}_count{workload="gateway",route="/api/v1/nft/*",code="${code}"}`;
const tries = (outcome: string): string => `${gateway.UPSTREAM_REQUESTS.name}{upstream="nft",upstream_colour="blue",outcome="${outcome}"}`;
const bucket = (le: string): string => `${HTTP_DURATION.name}_bucket{workload="gateway",route="/api/v1/nft/*",le="${le}"}`;

/** The way in: edge and gateway. */
export const gatewayGroup: RuleGroup = {
  name: "gateway",
  component: "gateway",
  owner: "platform",
  dashboard: DASHBOARDS.gateway,
  records: [],
  alerts: [
    {
      name: "GatewayDown",
      severity: "critical",
      expr: `(sum(${UP.name}{workload="gateway"}) or vector(0)) == 0`,
      forSeconds: 60,
      summary: "No gateway runs.",
      description: "Prometheus reaches no gateway of either colour; nobody can use the platform.",
      runbook: {
        meaning: "No gateway container answers, or none exists.",
        impact: "Every request is answered with 503 by the edge.",
        commands: [STATUS, logsOf("gateway"), "./astra up"],
        goBack: TRAFFIC_BACK,
      },
      test: { series: [{ series: 'up{workload="gateway",colour="blue"}', bad: 0, good: 1 }] },
    },
    {
      name: "EdgeDown",
      severity: "critical",
      expr: `(sum(${UP.name}{workload="edge"}) or vector(0)) == 0`,
      forSeconds: 60,
      summary: "The edge does not answer.",
      description: "HAProxy, the only public way in, gives Prometheus no answer.",
      runbook: {
        meaning: "The edge's container is gone or does not answer on its statistics port.",
        impact: "Port 8000 is probably closed: nobody can use the platform.",
        commands: [STATUS, logsOf("edge"), HEALTH],
        goBack: "`./astra up` makes the edge anew from its last image.",
      },
      test: { series: [{ series: 'up{workload="edge"}', bad: "absent", good: 1 }] },
    },
    {
      name: "EdgeHasNoGateway",
      severity: "critical",
      expr: `max by (proxy) (${BACKEND_ACTIVE_SERVERS.name}{proxy="gateway"}) == 0`,
      forSeconds: 30,
      summary: "The edge knows no gateway that takes requests.",
      description: "Every gateway is down, draining or has weight 0 for the edge.",
      runbook: {
        meaning: "The agent check of no gateway says `ready`. The gateways may run and yet all be draining or without weight.",
        impact: "Every request is answered with 503.",
        commands: [STATUS, query(gateway.TRAFFIC_WEIGHT.name), logsOf("edge")],
        goBack: "Give one colour's gateway its weight back, or bring the other colour up with `./astra up`.",
      },
      test: { labels: { proxy: "gateway" }, series: [{ series: `${BACKEND_ACTIVE_SERVERS.name}{proxy="gateway"}`, bad: 0, good: 1 }] },
    },
    {
      name: "EdgeConnectionsNearLimit",
      severity: "warning",
      expr: `max(${EDGE_CONNECTIONS.name} / ${EDGE_MAX_CONNECTIONS.name}) > 0.8`,
      forSeconds: 120,
      summary: "The edge runs out of connections.",
      description: "{{ $value | humanizePercentage }} of the edge's connections are in use (threshold 80 %).",
      runbook: {
        meaning: "Many callers at once, slow callers, or connections that are never closed.",
        impact: "At 100 % new callers wait until others leave.",
        commands: [query("haproxy_frontend_current_sessions"), logsOf("edge"), STATUS],
        goBack: "Nothing to take back; `maxconn` stands in images/configure/haproxy.cfg.",
      },
      test: {
        value: "81%",
        series: [
          { series: EDGE_CONNECTIONS.name, bad: 81, good: 79 },
          { series: EDGE_MAX_CONNECTIONS.name, bad: 100, good: 100 },
        ],
      },
    },
    {
      name: "GatewayRouteErrorRatioHigh",
      severity: "warning",
      expr: `${ratio(requests(',code=~"5.."'), requests())} > 0.05 and ${requests()} > 0.2`,
      forSeconds: 300,
      summary: "A route of the gateway fails often.",
      description: "{{ $value | humanizePercentage }} of the requests to {{ $labels.route }} end in a 5xx (threshold 5 %).",
      runbook: {
        meaning: "One route fails; in the SLO of the whole gateway it may not show.",
        impact: "Whoever uses this route gets errors.",
        commands: [RECENT_ERRORS, query('gateway_breaker_state{state="open"} == 1'), HEALTH],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { route: "/api/v1/nft/*" },
        value: "5.2%",
        trueAfterSeconds: 15,
        series: [
          { series: count("200"), bad: { perStep: 948 }, good: { perStep: 952 } },
          { series: count("500"), bad: { perStep: 52 }, good: { perStep: 48 } },
        ],
      },
    },
    {
      name: "GatewayLatencyP99High",
      severity: "warning",
      expr: `histogram_quantile(0.99, sum by (le, route) (rate(${HTTP_DURATION.name}_bucket{workload="gateway",route=~"/api/.*"}[5m]))) > 1 and ${requests()} > 0.2`,
      forSeconds: 600,
      summary: "A route of the gateway is slow.",
      description: "1 % of the answers of {{ $labels.route }} take longer than {{ $value | humanizeDuration }} (threshold 1 s).",
      runbook: {
        meaning: "The slowest answers of a route are slower than they should be. It helps to find a cause; what pages is the latency SLO.",
        impact: "Some users wait.",
        commands: [query("histogram_quantile(0.99, sum by (le, workload) (rate(http_request_duration_seconds_bucket[5m])))"), STATUS, RECENT_ERRORS],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { route: "/api/v1/nft/*" },
        value: "1.75s",
        trueAfterSeconds: 15,
        series: [
          { series: count("200"), bad: { perStep: 1000 }, good: { perStep: 1000 } },
          { series: bucket("1"), bad: { perStep: 980 }, good: { perStep: 991 } },
          { series: bucket("2.5"), bad: { perStep: 1000 }, good: { perStep: 1000 } },
          { series: bucket("+Inf"), bad: { perStep: 1000 }, good: { perStep: 1000 } },
        ],
      },
    },
    {
      name: "GatewayUpstreamFailing",
      severity: "warning",
      expr: `${ratio(upstream('{outcome=~"timeout|refused|reset|broken"}'), upstream())} > 0.05 and ${upstream()} > 0.2`,
      forSeconds: 180,
      summary: "A service does not answer the gateway.",
      description: "{{ $value | humanizePercentage }} of the gateway's tries at {{ $labels.upstream }} get no answer (threshold 5 %).",
      runbook: {
        meaning: "Connections to the service are refused or reset, or it takes too long. It names the culprit behind a gateway alert.",
        impact: "Users of that service get 502, 503 or 504.",
        commands: [STATUS, `docker stats --no-stream`, RECENT_ERRORS],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { upstream: "nft" },
        value: "5.2%",
        trueAfterSeconds: 15,
        series: [
          { series: tries("answered"), bad: { perStep: 948 }, good: { perStep: 952 } },
          { series: tries("timeout"), bad: { perStep: 52 }, good: { perStep: 48 } },
        ],
      },
    },
    {
      name: "GatewayServiceHasNoInstance",
      severity: "critical",
      expr: `sum by (upstream) (${gateway.UPSTREAM_INSTANCES.name}) == 0`,
      forSeconds: 60,
      summary: "The gateway knows no instance of a service.",
      description: "No instance of {{ $labels.upstream }} takes requests, by the registry of every gateway.",
      runbook: {
        meaning: "The registry has no living instance of the service: it is down, draining, or cannot reach Redis to say that it lives.",
        impact: "Requests to the service are answered with 503 at once.",
        commands: [STATUS, "curl -s http://127.0.0.1:8000/services", RECENT_ERRORS],
        goBack: TRAFFIC_BACK,
      },
      test: { labels: { upstream: "nft" }, series: [{ series: `${gateway.UPSTREAM_INSTANCES.name}{upstream="nft",upstream_colour="blue"}`, bad: 0, good: 1 }] },
    },
    {
      name: "GatewayRegistryStale",
      severity: "warning",
      expr: `max(${gateway.REGISTRY_AGE.name}) > 30`,
      forSeconds: 60,
      summary: "A gateway routes by an old registry.",
      description: "A gateway has not read the registry for {{ $value | humanizeDuration }} (threshold 30 s).",
      runbook: {
        meaning: "Redis does not answer the gateway. It goes on with the last table it has read.",
        impact: "None at first. Instances that start now are not found, and those that go are found out by failing.",
        commands: [STATUS, logsOf("redis"), HEALTH],
        goBack: "Bring Redis back; the gateways read on by themselves.",
      },
      test: { value: "31s", series: [{ series: `${gateway.REGISTRY_AGE.name}{workload="gateway"}`, bad: 31, good: 29 }] },
    },
    {
      name: "GatewayRegistryFault",
      severity: "warning",
      expr: `max(${gateway.REGISTRY_FAULT.name}) == 1`,
      forSeconds: 30,
      summary: "Most instances stopped their heartbeats at once.",
      description: "The gateways take nobody for dead for 5 minutes, since it is Redis that seems to take no heartbeats.",
      runbook: {
        meaning: "Redis answers reads, and yet no heartbeat arrives: it is out of memory, read-only, or has lost its data.",
        impact: "None for 5 minutes: the last table serves. After that instances count as dead, and their requests get 503.",
        commands: [STATUS, logsOf("redis"), query("redis_memory_used_bytes")],
        goBack: "Make Redis take writes again; the instances enter themselves.",
      },
      test: { series: [{ series: `${gateway.REGISTRY_FAULT.name}{workload="gateway"}`, bad: 1, good: 0 }] },
    },
    {
      name: "GatewayInstanceEjected",
      severity: "warning",
      expr: `max by (upstream, upstream_colour) (${gateway.EJECTED.name}) > 0`,
      forSeconds: 300,
      summary: "An instance has been out of the turn for minutes.",
      description: "{{ $value | humanize }} of {{ $labels.upstream }} {{ $labels.upstream_colour }} fails, and its probes fail, too.",
      runbook: {
        meaning: "The registry has the instance, but it refuses connections, does not answer or answers with errors.",
        impact: "None while the others carry the load: they get its requests.",
        commands: [STATUS, "curl -s http://127.0.0.1:8000/services", RECENT_ERRORS],
        goBack: "Restart the instance: `docker restart` of its container.",
      },
      test: {
        labels: { upstream: "nft", upstream_colour: "blue" },
        value: "1",
        series: [{ series: `${gateway.EJECTED.name}{upstream="nft",upstream_colour="blue"}`, bad: 1, good: 0 }],
      },
    },
    {
      name: "GatewayTrafficDrop",
      severity: "warning",
      expr: `${all("")} / ${all(" offset 1h")} < 0.3 and ${all(" offset 1h")} > 1`,
      forSeconds: 600,
      summary: "Requests have all but stopped.",
      description: "Requests come at {{ $value | humanizePercentage }} of the rate of an hour ago (threshold 30 %).",
      runbook: {
        meaning: "Something before us broke: name service, load balancer, port. Such an outage makes no errors here.",
        impact: "Users do not reach the platform, or nobody wants anything.",
        commands: [HEALTH, STATUS, CHECK],
        goBack: "Nothing of ours to take back, unless the edge was deployed within the hour.",
      },
      test: {
        stepSeconds: 60,
        // An hour at 2 a second, then less: after 10 minutes the whole window is less.
        trueAfterSeconds: 4200,
        edgeSteps: 2,
        value: "25%",
        series: [{ series: count("200"), bad: "0+120x60 7230+30x90", good: "0+120x60 7240+40x90" }],
      },
    },
  ],
};
