import { counter, gauge, type MetricSource } from "../metric.ts";

export const PG_UP = gauge("pg_up", "1 while PostgreSQL answers the exporter.");
export const PG_ACTIVITY = gauge("pg_stat_activity_count", "Connections by role and state.", ["datname", "state", "usename", "backend_type"]);
export const PG_MAX_TX_DURATION = gauge("pg_stat_activity_max_tx_duration", "Age of the oldest transaction in seconds.", [
  "datname",
  "state",
  "usename",
  "backend_type",
]);
export const PG_MAX_CONNECTIONS = gauge("pg_settings_max_connections", "Most connections that there may be.");
export const PG_RESERVED_CONNECTIONS = gauge("pg_settings_superuser_reserved_connections", "Connections kept for superusers.");
export const PG_COMMITS = counter("pg_stat_database_xact_commit", "Transactions committed.", ["datname"]);
export const PG_ROLLBACKS = counter("pg_stat_database_xact_rollback", "Transactions rolled back.", ["datname"]);
export const PG_DEADLOCKS = counter("pg_stat_database_deadlocks", "Deadlocks.", ["datname"]);
export const PG_BLOCKS_HIT = counter("pg_stat_database_blks_hit", "Blocks found in memory.", ["datname"]);
export const PG_BLOCKS_READ = counter("pg_stat_database_blks_read", "Blocks read from disk.", ["datname"]);
export const PG_SIZE = gauge("pg_database_size_bytes", "Size of a database on disk.", ["datname"]);
export const PG_LOCKS = gauge("pg_locks_count", "Locks by mode.", ["datname", "mode"]);
export const PG_EXPORTER_ERROR = gauge("pg_exporter_last_scrape_error", "1 when the exporter could not read PostgreSQL.");

export const postgres: MetricSource = {
  name: "postgres_exporter 0.17",
  workloads: ["postgres-exporter"],
  metrics: [
    PG_UP,
    PG_ACTIVITY,
    PG_MAX_TX_DURATION,
    PG_MAX_CONNECTIONS,
    PG_RESERVED_CONNECTIONS,
    PG_COMMITS,
    PG_ROLLBACKS,
    PG_DEADLOCKS,
    PG_BLOCKS_HIT,
    PG_BLOCKS_READ,
    PG_SIZE,
    PG_LOCKS,
    PG_EXPORTER_ERROR,
  ],
};
