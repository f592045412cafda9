import * as pg from "../../services/base/metrics-contract/external/postgres.ts";
import { REDIS_EXPORTER_ERROR } from "../../services/base/metrics-contract/external/redis.ts";
import { DASHBOARDS, type RuleGroup } from "../model/alert.ts";
import { logsOf, query, STATUS, TRAFFIC_BACK } from "./commands.ts";

const LOGS = logsOf("postgres");
const SESSIONS = "docker exec astra-dev-postgres-1 psql -U astra_admin -d astradb -c 'SELECT pid, usename, state, now() - xact_start AS age, left(query, 80) FROM pg_stat_activity ORDER BY xact_start LIMIT 10'";
const rollbacks = `rate(${pg.PG_ROLLBACKS.name}{datname="astradb"}[5m])`;
const transactions = `(rate(${pg.PG_COMMITS.name}{datname="astradb"}[5m]) + ${rollbacks})`;

/** PostgreSQL, and the exporters of both stores. */
export const postgresGroup: RuleGroup = {
  name: "postgres",
  component: "postgres",
  owner: "platform",
  dashboard: DASHBOARDS.stores,
  records: [],
  alerts: [
    {
      name: "PostgresDown",
      severity: "critical",
      expr: `(max(${pg.PG_UP.name}) or vector(0)) == 0`,
      forSeconds: 60,
      summary: "PostgreSQL does not answer.",
      description: "The exporter cannot reach PostgreSQL, or the exporter is gone.",
      runbook: {
        meaning: "PostgreSQL is down, hangs, or has no connection left for the exporter.",
        impact: "What needs the database is answered with 503; the services stay up and degraded.",
        commands: [STATUS, LOGS, "df -h"],
        goBack: "`./astra up` starts PostgreSQL again on its volume.",
      },
      test: { series: [{ series: pg.PG_UP.name, bad: 0, good: 1 }] },
    },
    {
      name: "PostgresConnectionsHigh",
      severity: "warning",
      expr: `sum(${pg.PG_ACTIVITY.name}) / (max(${pg.PG_MAX_CONNECTIONS.name}) - max(${pg.PG_RESERVED_CONNECTIONS.name})) > 0.8`,
      forSeconds: 300,
      summary: "PostgreSQL runs out of connections.",
      description: "{{ $value | humanizePercentage }} of PostgreSQL's connections are taken (threshold 80 %).",
      runbook: {
        meaning: "Two colours with full pools, too many instances, or connections that are never closed.",
        impact: "At 100 % new connections are refused, and requests fail.",
        commands: [query("sum by (usename) (pg_stat_activity_count) > 0"), SESSIONS, STATUS],
        goBack: "Take the idle colour down, or run fewer instances.",
      },
      test: {
        value: "81%",
        series: [
          { series: `${pg.PG_ACTIVITY.name}{datname="astradb",state="idle"}`, bad: 81, good: 79 },
          { series: pg.PG_MAX_CONNECTIONS.name, bad: 103, good: 103 },
          { series: pg.PG_RESERVED_CONNECTIONS.name, bad: 3, good: 3 },
        ],
      },
    },
    {
      name: "PostgresIdleInTransaction",
      severity: "warning",
      expr: `max by (usename) (${pg.PG_MAX_TX_DURATION.name}{datname="astradb",state=~"idle in transaction.*"}) > 60`,
      forSeconds: 60,
      summary: "A transaction is open and does nothing.",
      description: "A transaction of {{ $labels.usename }} has been idle for {{ $value | humanizeDuration }} (threshold 60 s).",
      runbook: {
        meaning: "A service forgot to end a transaction, or hangs inside one. It holds locks and keeps rows from being cleaned up.",
        impact: "Others may wait for its locks.",
        commands: [SESSIONS, query("sum by (mode) (pg_locks_count) > 0"), LOGS],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { usename: "trading_app" },
        value: "1m 1s",
        series: [{ series: `${pg.PG_MAX_TX_DURATION.name}{datname="astradb",state="idle in transaction",usename="trading_app"}`, bad: 61, good: 59 }],
      },
    },
    {
      name: "PostgresLongTransaction",
      severity: "warning",
      expr: `max by (usename) (${pg.PG_MAX_TX_DURATION.name}{datname="astradb",state="active",backend_type="client backend"}) > 300`,
      forSeconds: 60,
      summary: "A query runs for very long.",
      description: "A transaction of {{ $labels.usename }} runs for {{ $value | humanizeDuration }} (threshold 5 min).",
      runbook: {
        meaning: "A query that reads far too much, or waits for a lock.",
        impact: "It uses the disk and the processor of all.",
        commands: [SESSIONS, query("sum by (mode) (pg_locks_count) > 0"), LOGS],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { usename: "trading_app" },
        value: "5m 1s",
        series: [
          { series: `${pg.PG_MAX_TX_DURATION.name}{datname="astradb",state="active",usename="trading_app",backend_type="client backend"}`, bad: 301, good: 299 },
        ],
      },
    },
    {
      name: "PostgresDeadlocks",
      severity: "warning",
      expr: `sum by (datname) (increase(${pg.PG_DEADLOCKS.name}{datname="astradb"}[10m])) > 0`,
      forSeconds: 0,
      keepFiringSeconds: 900,
      summary: "Transactions have blocked each other.",
      description: "PostgreSQL ended deadlocks in {{ $labels.datname }} within 10 minutes (threshold 0).",
      runbook: {
        meaning: "Two transactions take the same rows in a different order: a mistake in our code.",
        impact: "One of them failed; requests and events are tried again.",
        commands: [LOGS, "docker logs astra-dev-postgres-1 2>&1 | grep -A8 deadlock", SESSIONS],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { datname: "astradb" },
        trueAfterSeconds: 30,
        series: [{ series: `${pg.PG_DEADLOCKS.name}{datname="astradb"}`, bad: "0 0 1x80", good: "0x80" }],
      },
    },
    {
      name: "PostgresRollbackRatioHigh",
      severity: "warning",
      expr: `sum by (datname) (${rollbacks}) / sum by (datname) (${transactions}) > 0.2 and sum by (datname) (${transactions}) > 1`,
      forSeconds: 600,
      summary: "Many transactions are rolled back.",
      description: "{{ $value | humanizePercentage }} of the transactions in {{ $labels.datname }} are rolled back (threshold 20 %).",
      runbook: {
        meaning: "Constraints refuse much, or transactions collide.",
        impact: "Requests are refused or take longer.",
        commands: [LOGS, query("sum by (workload, operation) (rate(service_operations_total{outcome!=\"ok\"}[5m]))"), SESSIONS],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { datname: "astradb" },
        value: "21%",
        trueAfterSeconds: 15,
        series: [
          { series: `${pg.PG_COMMITS.name}{datname="astradb"}`, bad: { perStep: 790 }, good: { perStep: 810 } },
          { series: `${pg.PG_ROLLBACKS.name}{datname="astradb"}`, bad: { perStep: 210 }, good: { perStep: 190 } },
        ],
      },
    },
    {
      name: "ExporterScrapeError",
      severity: "warning",
      expr: `max by (workload) (${pg.PG_EXPORTER_ERROR.name}) > 0 or max by (workload) (${REDIS_EXPORTER_ERROR.name}) > 0`,
      forSeconds: 300,
      summary: "An exporter cannot read its store.",
      description: "{{ $labels.workload }} is up and reads nothing from its store.",
      runbook: {
        meaning: "The exporter's password or a query of it fails.",
        impact: "Alerts about the store are blind.",
        commands: [logsOf("postgres-exporter"), logsOf("redis-exporter"), STATUS],
        goBack: "Deploy the foundation again, so that exporter and store read the same secret file.",
      },
      test: { labels: { workload: "postgres-exporter" }, series: [{ series: `${pg.PG_EXPORTER_ERROR.name}{workload="postgres-exporter"}`, bad: 1, good: 0 }] },
    },
  ],
};
