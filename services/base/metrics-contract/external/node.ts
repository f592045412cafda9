import { counter, gauge, type MetricSource } from "../metric.ts";

export const PROCESS_CPU = counter("process_cpu_seconds_total", "Processor time of the process.");
export const PROCESS_MEMORY = gauge("process_resident_memory_bytes", "Memory of the process.");
export const PROCESS_START = gauge("process_start_time_seconds", "When the process began, in Unix time.");
export const PROCESS_OPEN_FDS = gauge("process_open_fds", "Open file descriptors.");
export const PROCESS_MAX_FDS = gauge("process_max_fds", "Most file descriptors that may be open.");
export const EVENT_LOOP_LAG_P99 = gauge("nodejs_eventloop_lag_p99_seconds", "Delay of timers, 99th percentile since the last reading.");
export const HEAP_USED = gauge("nodejs_heap_size_used_bytes", "JavaScript heap in use.");

/** What Node tells of itself, registered by prom-client. */
export const nodeProcess = (workloads: readonly string[]): MetricSource => ({
  name: "prom-client's default metrics",
  workloads,
  metrics: [PROCESS_CPU, PROCESS_MEMORY, PROCESS_START, PROCESS_OPEN_FDS, PROCESS_MAX_FDS, EVENT_LOOP_LAG_P99, HEAP_USED],
});
