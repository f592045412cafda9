import type { Family } from "./exposition.ts";

const gauge = (name: string, help: string): Family => ({ name, type: "gauge", help });
const counter = (name: string, help: string): Family => ({ name, type: "counter", help });

/**
 * Metrics of each container, under cAdvisor's names where it has the same one. Labels: name, workload, colour,
 * environment; further ones stand in the help.
 */
export const CONTAINER = {
  info: gauge("container_info", "Always 1; labels image and version say what runs."),
  lastSeen: gauge("container_last_seen", "Unix time at which the engine knew of the container."),
  startTime: gauge("container_start_time_seconds", "Unix time of the last start."),
  running: gauge("container_running", "1 while it runs, paused or not; else 0."),
  health: gauge("container_health_status", "1 for the status of its health check, 0 for each other (label status)."),
  restarts: counter("container_restarts_total", "Restarts by the engine's own restart policy."),
  oomEvents: counter("container_oom_events_total", "Times that the kernel killed one of its processes for going over the memory limit."),
  memoryLimit: gauge("container_spec_memory_limit_bytes", "Memory limit; 0: none."),
  memoryUsage: gauge("container_memory_usage_bytes", "Memory in use, file caches included."),
  memoryWorkingSet: gauge("container_memory_working_set_bytes", "Memory in use without inactive file caches: what counts against the limit."),
  cpuQuota: gauge("container_spec_cpu_quota", "CPU time in microseconds that it may use in each period; absent: no limit."),
  cpuPeriod: gauge("container_spec_cpu_period", "Length of a period in microseconds."),
  cpuUsage: counter("container_cpu_usage_seconds_total", "CPU time used."),
  cfsPeriods: counter("container_cpu_cfs_periods_total", "Periods in which it wanted to run."),
  cfsThrottledPeriods: counter("container_cpu_cfs_throttled_periods_total", "Periods in which it was held back at its CPU limit."),
  cfsThrottledSeconds: counter("container_cpu_cfs_throttled_seconds_total", "Time for which it was held back at its CPU limit."),
  networkReceived: counter("container_network_receive_bytes_total", "Bytes received (label interface)."),
  networkSent: counter("container_network_transmit_bytes_total", "Bytes sent (label interface)."),
} as const;

/** The agent's own metrics. */
export const AGENT = {
  engineUp: gauge("agent_engine_up", "1 while the container engine answers; else 0, and containers are not told of."),
  engineErrors: counter("agent_engine_errors_total", "Questions that the container engine did not answer, or refused."),
  collectSeconds: gauge("agent_collect_duration_seconds", "Time that measuring all containers took the last time."),
  restarts: counter("agent_restarts_total", "Containers that were restarted because they stayed unhealthy (labels workload, colour)."),
  gaveUp: gauge("agent_gave_up", "1 for a container that is unhealthy and was restarted too often, else 0."),
} as const;
