import { allServices } from "../../services/catalogue.ts";
import { UP } from "../../services/base/metrics-contract/external/monitoring.ts";
import { EVENT_LOOP_LAG_P99, PROCESS_MAX_FDS, PROCESS_OPEN_FDS, PROCESS_START } from "../../services/base/metrics-contract/external/node.ts";
import * as own from "../../services/base/metrics-contract/process.ts";
import { DASHBOARDS, type RuleGroup } from "../model/alert.ts";
import { logsOf, query, RECENT_ERRORS, STATUS, TRAFFIC_BACK } from "./commands.ts";
import { orZeroFor, ratio } from "./promql.ts";

const requests = (more = ""): string => `sum by (workload) (rate(${own.HTTP_DURATION.name}_count{workload!="gateway"${more}}[5m]))`;
const operations = (more = ""): string => `sum by (workload, operation) (rate(${own.OPERATIONS.name}${more}[5m]))`;

const count = (code: string): string => `${own.HTTP_DURATION.name}_count{workload="nft",route="/api/v1/nft/marketplace",code="${code}"}`;
const bucket = (name: string, le: string): string => `${name}_bucket{workload="nft",le="${le}"}`;
const operation = (outcome: string): string => `${own.OPERATIONS.name}{workload="nft",operation="buy-nft",outcome="${outcome}"}`;
const nft = { workload: "nft" } as const;

/** The services behind the gateway: RED, and what a Node process runs out of. */
export const services: RuleGroup = {
  name: "services",
  component: "service",
  owner: "platform",
  dashboard: DASHBOARDS.services,
  records: [],
  alerts: [
    {
      name: "ServiceDown",
      severity: "critical",
      expr: `(${orZeroFor(`sum by (workload) (${UP.name}{job="services"})`, "workload", allServices.map((service) => service.name))}) == 0`,
      forSeconds: 60,
      summary: "No instance of a service runs.",
      description: "Prometheus reaches no instance of {{ $labels.workload }} in either colour.",
      runbook: {
        meaning: "All containers of the service are gone or do not answer.",
        impact: "The gateway answers its routes with 503 at once; the other services go on.",
        commands: [STATUS, RECENT_ERRORS, "./astra up"],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: nft,
        series: allServices.map(({ name }) => ({
          series: `up{job="services",workload="${name}",colour="blue"}`,
          bad: name === "nft" ? "absent" : 1,
          good: 1,
        })),
      },
    },
    {
      name: "ServiceErrorRatioHigh",
      severity: "warning",
      expr: `${ratio(requests(',code=~"5.."'), requests())} > 0.05 and ${requests()} > 0.2`,
      forSeconds: 300,
      summary: "A service fails often.",
      description: "{{ $value | humanizePercentage }} of the answers of {{ $labels.workload }} are a 5xx (threshold 5 %).",
      runbook: {
        meaning: "The service itself answers with errors: a store that is away, or a mistake in the code.",
        impact: "Users of the service see errors.",
        commands: [RECENT_ERRORS, STATUS, query("db_breaker_open == 1")],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: nft,
        value: "5.2%",
        trueAfterSeconds: 15,
        series: [
          { series: count("200"), bad: { perStep: 948 }, good: { perStep: 952 } },
          { series: count("503"), bad: { perStep: 52 }, good: { perStep: 48 } },
        ],
      },
    },
    {
      name: "ServiceLatencyP99High",
      severity: "warning",
      expr: `histogram_quantile(0.99, sum by (le, workload) (rate(${own.HTTP_DURATION.name}_bucket{workload!="gateway",route=~"/api/.*"}[5m]))) > 1 and ${requests()} > 0.2`,
      forSeconds: 600,
      summary: "A service is slow.",
      description: "1 % of the answers of {{ $labels.workload }} take longer than {{ $value | humanizeDuration }} (threshold 1 s).",
      runbook: {
        meaning: "The service's slowest answers are too slow: its database, its processor limit, or its event loop.",
        impact: "Some users wait.",
        commands: [query("max by (workload) (nodejs_eventloop_lag_p99_seconds)"), query("sum by (workload) (db_pool_waiting)"), "docker stats --no-stream"],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: nft,
        value: "1.75s",
        trueAfterSeconds: 15,
        series: [
          { series: count("200"), bad: { perStep: 1000 }, good: { perStep: 1000 } },
          ...[
            { le: "1", bad: 980, good: 991 },
            { le: "2.5", bad: 1000, good: 1000 },
            { le: "+Inf", bad: 1000, good: 1000 },
          ].map(({ le, bad, good }) => ({
            series: `${own.HTTP_DURATION.name}_bucket{workload="nft",route="/api/v1/nft/marketplace",le="${le}"}`,
            bad: { perStep: bad },
            good: { perStep: good },
          })),
        ],
      },
    },
    {
      name: "ServiceOperationFailing",
      severity: "warning",
      expr: `${ratio(operations('{outcome="failed"}'), operations())} > 0.05 and ${operations()} > 0.05`,
      forSeconds: 300,
      summary: "A business operation fails on our side.",
      description: "{{ $value | humanizePercentage }} of {{ $labels.operation }} in {{ $labels.workload }} fail on our side (threshold 5 %).",
      runbook: {
        meaning: "The operation was allowed and did not succeed: an error of ours, not of the caller.",
        impact: "Users cannot do what the operation's name says.",
        commands: [RECENT_ERRORS, STATUS, query("sum by (workload, operation, outcome) (service_operations_total)")],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { ...nft, operation: "buy-nft" },
        value: "5.2%",
        trueAfterSeconds: 15,
        series: [
          { series: operation("ok"), bad: { perStep: 948 }, good: { perStep: 952 } },
          { series: operation("failed"), bad: { perStep: 52 }, good: { perStep: 48 } },
        ],
      },
    },
    {
      name: "ServiceCrashLooping",
      severity: "critical",
      expr: `max by (workload, colour) (changes(${PROCESS_START.name}{job="services"}[10m])) > 2`,
      forSeconds: 0,
      keepFiringSeconds: 600,
      summary: "A service starts again and again.",
      description: "A process of {{ $labels.workload }} ({{ $labels.colour }}) began anew {{ $value | humanize }} times in 10 minutes (threshold 2).",
      runbook: {
        meaning: "The process ends and the engine starts it again: a fatal error, or too little memory.",
        impact: "Requests in flight are lost at each end; the gateway repeats what is safe.",
        commands: [RECENT_ERRORS, query("increase(container_oom_events_total[15m]) > 0"), STATUS],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { ...nft, colour: "blue" },
        value: "3",
        trueAfterSeconds: 45,
        series: [
          { series: `${PROCESS_START.name}{job="services",workload="nft",colour="blue"}`, bad: "100 200 300 400x20", good: "100 200 300x20" },
        ],
      },
    },
    {
      name: "ServiceEventLoopLagHigh",
      severity: "warning",
      expr: `max by (workload, colour) (${EVENT_LOOP_LAG_P99.name}) > 0.2`,
      forSeconds: 300,
      summary: "A service's event loop is blocked.",
      description: "Timers of {{ $labels.workload }} ({{ $labels.colour }}) are {{ $value | humanizeDuration }} late (threshold 200 ms).",
      runbook: {
        meaning: "Something computes for long in one go, or the container is held back at its processor limit.",
        impact: "Every request of that instance waits.",
        commands: ["docker stats --no-stream", query("rate(container_cpu_cfs_throttled_periods_total[5m])"), RECENT_ERRORS],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { ...nft, colour: "blue" },
        value: "210ms",
        series: [{ series: `${EVENT_LOOP_LAG_P99.name}{workload="nft",colour="blue"}`, bad: 0.21, good: 0.19 }],
      },
    },
    {
      name: "ServiceFileDescriptorsHigh",
      severity: "warning",
      expr: `max by (workload, colour) (${PROCESS_OPEN_FDS.name}{job="services"} / ${PROCESS_MAX_FDS.name}{job="services"}) > 0.8`,
      forSeconds: 300,
      summary: "A service runs out of file descriptors.",
      description: "{{ $labels.workload }} ({{ $labels.colour }}) has {{ $value | humanizePercentage }} of its file descriptors open (threshold 80 %).",
      runbook: {
        meaning: "Connections are not closed, or there are very many callers.",
        impact: "At 100 % the process takes no new connection.",
        commands: [query("process_open_fds"), STATUS, "docker stats --no-stream"],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { ...nft, colour: "blue" },
        value: "81%",
        series: [
          { series: `${PROCESS_OPEN_FDS.name}{job="services",workload="nft",colour="blue"}`, bad: 81, good: 79 },
          { series: `${PROCESS_MAX_FDS.name}{job="services",workload="nft",colour="blue"}`, bad: 100, good: 100 },
        ],
      },
    },
    {
      name: "ServiceDbPoolSaturated",
      severity: "warning",
      expr:
        `sum by (workload) (${own.DB_POOL_CONNECTIONS.name}{state="in_use"}) / sum by (workload) (${own.DB_POOL_MAX.name}) > 0.9 ` +
        `and sum by (workload) (${own.DB_POOL_WAITING.name}) > 0`,
      forSeconds: 120,
      summary: "A service waits for database connections.",
      description: "{{ $labels.workload }} uses {{ $value | humanizePercentage }} of its database connections (threshold 90 %), and callers wait.",
      runbook: {
        meaning: "Queries take long, transactions are held open, or there are more requests than connections.",
        impact: "Requests wait, and fail minutes later.",
        commands: [
          query("histogram_quantile(0.99, sum by (le, workload) (rate(db_query_duration_seconds_bucket[5m])))"),
          query("pg_stat_activity_max_tx_duration > 10"),
          RECENT_ERRORS,
        ],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: nft,
        value: "93.33%",
        series: [
          { series: `${own.DB_POOL_CONNECTIONS.name}{workload="nft",state="in_use"}`, bad: 14, good: 13 },
          { series: `${own.DB_POOL_MAX.name}{workload="nft"}`, bad: 15, good: 15 },
          { series: `${own.DB_POOL_WAITING.name}{workload="nft"}`, bad: 1, good: 1 },
        ],
      },
    },
    {
      name: "ServiceDatabaseUnreachable",
      severity: "critical",
      expr: `max by (workload) (${own.DB_BREAKER_OPEN.name}) == 1`,
      forSeconds: 30,
      summary: "A service cannot reach PostgreSQL.",
      description: "{{ $labels.workload }} refuses what needs the database, since it cannot be reached.",
      runbook: {
        meaning: "Calls to PostgreSQL failed in a row; the service refuses more for a moment instead of letting them hang.",
        impact: "What needs the database is answered with 503. The service stays up and degraded.",
        commands: [STATUS, logsOf("postgres"), query("pg_up")],
        goBack: "Bring PostgreSQL back; services go on by themselves.",
      },
      test: { labels: nft, series: [{ series: `${own.DB_BREAKER_OPEN.name}{workload="nft"}`, bad: 1, good: 0 }] },
    },
    {
      name: "ServiceDatabaseSlow",
      severity: "warning",
      expr:
        `histogram_quantile(0.99, sum by (le, workload) (rate(${own.DB_QUERY_DURATION.name}_bucket[5m]))) > 0.5 ` +
        `and sum by (workload) (rate(${own.DB_QUERY_DURATION.name}_count[5m])) > 0.2`,
      forSeconds: 600,
      summary: "A service's queries are slow.",
      description: "1 % of the queries of {{ $labels.workload }} take longer than {{ $value | humanizeDuration }} (threshold 500 ms).",
      runbook: {
        meaning: "Queries or the wait for a connection take long: locks, a missing index, a disk that is busy.",
        impact: "Requests that need the database wait.",
        commands: [query("pg_stat_activity_max_tx_duration > 1"), query("sum by (mode) (pg_locks_count) > 0"), "docker stats --no-stream"],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: nft,
        value: "750ms",
        trueAfterSeconds: 15,
        series: [
          { series: `${own.DB_QUERY_DURATION.name}_count{workload="nft"}`, bad: { perStep: 1000 }, good: { perStep: 1000 } },
          { series: bucket(own.DB_QUERY_DURATION.name, "0.5"), bad: { perStep: 980 }, good: { perStep: 991 } },
          { series: bucket(own.DB_QUERY_DURATION.name, "1"), bad: { perStep: 1000 }, good: { perStep: 1000 } },
          { series: bucket(own.DB_QUERY_DURATION.name, "+Inf"), bad: { perStep: 1000 }, good: { perStep: 1000 } },
        ],
      },
    },
  ],
};
