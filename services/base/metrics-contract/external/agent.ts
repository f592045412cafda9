import { counter, gauge, type MetricSource } from "../metric.ts";

/** Labels of each container; on Kubernetes `name` is the pod's. The foundation has no colour. */
const LABELS = ["name", "workload", "colour", "environment"] as const;

export const CONTAINER_INFO = gauge("container_info", "Always 1; says what a container was made from.", [...LABELS, "image", "version"]);
export const CONTAINER_LAST_SEEN = gauge("container_last_seen", "When the container was last seen, in Unix time.", LABELS);
export const CONTAINER_START_TIME = gauge("container_start_time_seconds", "When the container was last started, in Unix time.", LABELS);
export const CONTAINER_RUNNING = gauge("container_running", "1 while the container runs, paused or not; 0 while it stands still.", LABELS);
export const CONTAINER_HEALTH = gauge("container_health_status", "1 for the state of the container's health check.", [...LABELS, "status"]);
export const CONTAINER_RESTARTS = counter("container_restarts_total", "Times that the engine's restart policy started the container again.", LABELS);
export const CONTAINER_OOM = counter("container_oom_events_total", "Times that the kernel killed a process of it for lack of memory.", LABELS);
export const CONTAINER_MEMORY = gauge("container_memory_working_set_bytes", "Memory that cannot be taken back: usage less inactive files.", LABELS);
export const CONTAINER_MEMORY_USAGE = gauge("container_memory_usage_bytes", "Memory in use, with all files that are cached.", LABELS);
export const CONTAINER_MEMORY_LIMIT = gauge("container_spec_memory_limit_bytes", "Memory that the container may use; 0: no limit.", LABELS);
export const CONTAINER_CPU = counter("container_cpu_usage_seconds_total", "Processor time of the container.", LABELS);
export const CONTAINER_CPU_QUOTA = gauge(
  "container_spec_cpu_quota",
  "Processor time in microseconds that the container may use in each period; absent: no limit.",
  LABELS,
);
export const CONTAINER_CPU_PERIOD = gauge("container_spec_cpu_period", "Length of a scheduling period in microseconds.", LABELS);
export const CONTAINER_CPU_PERIODS = counter("container_cpu_cfs_periods_total", "Scheduling periods in which the container wanted to run.", LABELS);
export const CONTAINER_CPU_THROTTLED = counter("container_cpu_cfs_throttled_periods_total", "Scheduling periods in which it was held back.", LABELS);
export const CONTAINER_CPU_THROTTLED_TIME = counter("container_cpu_cfs_throttled_seconds_total", "Time for which it was held back.", LABELS);
export const CONTAINER_NETWORK_RECEIVED = counter("container_network_receive_bytes_total", "Bytes that the container received.", [...LABELS, "interface"]);
export const CONTAINER_NETWORK_SENT = counter("container_network_transmit_bytes_total", "Bytes that the container sent.", [...LABELS, "interface"]);

export const AGENT_ENGINE_UP = gauge("agent_engine_up", "1 while the container engine answers; else nothing is told of containers.");
export const AGENT_ENGINE_ERRORS = counter("agent_engine_errors_total", "Questions that the container engine did not answer, or refused.");
export const AGENT_COLLECT_DURATION = gauge("agent_collect_duration_seconds", "Time that the last measurement of all containers took.");
export const AGENT_RESTARTS = counter("agent_restarts_total", "Containers restarted because they stayed unhealthy.", ["workload", "colour"]);
export const AGENT_RESTARTS_PAUSED = gauge("agent_restarts_paused", "1 while nothing is restarted, since so many are unhealthy at once that it is the machine; else 0.");
export const AGENT_GAVE_UP = gauge("agent_gave_up", "1 for a container that is unhealthy and was restarted too often, else 0.", LABELS);

/** Container metrics under cAdvisor's names where cAdvisor has them, and the agent's own. */
export const agent: MetricSource = {
  name: "the agent, under cAdvisor's names",
  workloads: ["agent"],
  // A cluster's agent has no engine to ask.
  onlyOn: "docker",
  metrics: [
    CONTAINER_INFO,
    CONTAINER_LAST_SEEN,
    CONTAINER_START_TIME,
    CONTAINER_RUNNING,
    CONTAINER_HEALTH,
    CONTAINER_RESTARTS,
    CONTAINER_OOM,
    CONTAINER_MEMORY,
    CONTAINER_MEMORY_USAGE,
    CONTAINER_MEMORY_LIMIT,
    CONTAINER_CPU,
    CONTAINER_CPU_QUOTA,
    CONTAINER_CPU_PERIOD,
    CONTAINER_CPU_PERIODS,
    CONTAINER_CPU_THROTTLED,
    CONTAINER_CPU_THROTTLED_TIME,
    CONTAINER_NETWORK_RECEIVED,
    CONTAINER_NETWORK_SENT,
    AGENT_ENGINE_UP,
    AGENT_ENGINE_ERRORS,
    AGENT_COLLECT_DURATION,
    AGENT_RESTARTS,
    AGENT_RESTARTS_PAUSED,
    AGENT_GAVE_UP,
  ],
};
