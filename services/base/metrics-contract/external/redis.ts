import { counter, gauge, type MetricSource } from "../metric.ts";

export const REDIS_UP = gauge("redis_up", "1 while Redis answers the exporter.");
export const REDIS_UPTIME = gauge("redis_uptime_in_seconds", "Time since Redis started.");
export const REDIS_MEMORY_USED = gauge("redis_memory_used_bytes", "Memory of Redis' data and buffers.");
export const REDIS_MEMORY_MAX = gauge("redis_memory_max_bytes", "Memory from which on Redis refuses writes; 0: none.");
export const REDIS_CLIENTS = gauge("redis_connected_clients", "Connected clients.");
export const REDIS_COMMANDS = counter("redis_commands_processed_total", "Commands that Redis has run.");
export const REDIS_REJECTED_CONNECTIONS = counter("redis_rejected_connections_total", "Connections refused because there were too many.");
export const REDIS_EVICTED_KEYS = counter("redis_evicted_keys_total", "Keys thrown away for lack of memory.");
export const REDIS_ERRORS = { ...counter("redis_errors_total", "Errors that Redis has answered.", ["err"]), sparse: true } as const;
export const REDIS_AOF_ENABLED = gauge("redis_aof_enabled", "1 while the append-only file is written.");
export const REDIS_AOF_WRITE_STATUS = gauge("redis_aof_last_write_status", "1 when the last write to the append-only file went well.");
export const REDIS_AOF_REWRITE_STATUS = gauge("redis_aof_last_bgrewrite_status", "1 when the last rewrite of the append-only file went well.");
export const REDIS_AOF_DELAYED_FSYNC = gauge("redis_aof_delayed_fsync", "How often a sync to disk was late; only grows.");
export const REDIS_AOF_SIZE = gauge("redis_aof_current_size_bytes", "Size of the append-only file.");
export const REDIS_INFO = gauge("redis_instance_info", "Always 1; says how Redis is set up.", ["maxmemory_policy", "redis_version", "role"]);
export const REDIS_EXPORTER_ERROR = gauge("redis_exporter_last_scrape_error", "1 when the exporter could not read Redis.", ["err"]);

export const redis: MetricSource = {
  name: "redis_exporter 1.69",
  workloads: ["redis-exporter"],
  metrics: [
    REDIS_UP,
    REDIS_UPTIME,
    REDIS_MEMORY_USED,
    REDIS_MEMORY_MAX,
    REDIS_CLIENTS,
    REDIS_COMMANDS,
    REDIS_REJECTED_CONNECTIONS,
    REDIS_EVICTED_KEYS,
    REDIS_ERRORS,
    REDIS_AOF_ENABLED,
    REDIS_AOF_WRITE_STATUS,
    REDIS_AOF_REWRITE_STATUS,
    REDIS_AOF_DELAYED_FSYNC,
    REDIS_AOF_SIZE,
    REDIS_INFO,
    REDIS_EXPORTER_ERROR,
  ],
};
