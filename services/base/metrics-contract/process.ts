import { counter, gauge, histogram } from "./metric.ts";

const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Of every process of ours. */
export const HTTP_DURATION = histogram(
  "http_request_duration_seconds",
  "Time from a request's head to the end of its answer, by route pattern.",
  ["route", "method", "code"],
  LATENCY_BUCKETS_SECONDS,
);
export const OPERATIONS = counter("service_operations_total", "Business operations by outcome.", ["operation", "outcome"]);
export const SERVICE_INFO = gauge("service_info", "Always 1; says which release this process runs.", ["version"]);

/** Of every process with a database. */
export const DB_QUERY_DURATION = histogram(
  "db_query_duration_seconds",
  "Time of one database query, waiting for a connection included.",
  ["outcome"],
  LATENCY_BUCKETS_SECONDS,
);
export const DB_POOL_CONNECTIONS = gauge("db_pool_connections", "Connections of this process to PostgreSQL.", ["state"]);
export const DB_POOL_WAITING = gauge("db_pool_waiting", "Callers that wait for a connection.");
export const DB_POOL_MAX = gauge("db_pool_max", "Most connections that this process may have.");
export const DB_BREAKER_OPEN = gauge("db_breaker_open", "1 while calls are refused because the database cannot be reached.");

/** Of every process of ours: what became of the spans that it recorded. */
export const TRACE_EXPORTER_UP = gauge("trace_exporter_up", "1 while the receiver of traces takes them; otherwise none is recorded.");
export const TRACE_SPANS = counter("trace_spans_exported_total", "Spans that the receiver of traces has taken.");
export const TRACE_SPANS_DROPPED = counter("trace_spans_dropped_total", "Spans that were recorded and lost, by why.", ["reason"]);
