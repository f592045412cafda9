import { counter, gauge, type MetricSource } from "../metric.ts";

/** Labels of each container; on Kubernetes `name` is the pod's. */
const LABELS = ["name", "workload", "colour", "environment"] as const;

export const CONTAINER_MEMORY = gauge("container_memory_working_set_bytes", "Memory that cannot be taken back: usage less inactive files.", LABELS);
export const CONTAINER_MEMORY_LIMIT = gauge("container_spec_memory_limit_bytes", "Memory that the container may use.", LABELS);
export const CONTAINER_CPU = counter("container_cpu_usage_seconds_total", "Processor time of the container.", LABELS);
export const CONTAINER_CPU_PERIODS = counter("container_cpu_cfs_periods_total", "Scheduling periods in which the container wanted to run.", LABELS);
export const CONTAINER_CPU_THROTTLED = counter("container_cpu_cfs_throttled_periods_total", "Scheduling periods in which it was held back.", LABELS);
export const CONTAINER_OOM = counter("container_oom_events_total", "Times that the container ran out of memory.", LABELS);
export const CONTAINER_RESTARTS = counter("container_restarts_total", "Times that the container was started again.", LABELS);
export const CONTAINER_HEALTH = gauge("container_health_status", "1 for the state of the container's health check.", [...LABELS, "status"]);
export const CONTAINER_RUNNING = gauge("container_running", "1 while the container runs, 0 while it stands still.", LABELS);
export const CONTAINER_LAST_SEEN = gauge("container_last_seen", "When the container was last seen, in Unix time.", LABELS);

/** Container metrics under cAdvisor's names where cAdvisor has them. */
export const agent: MetricSource = {
  name: "the agent, under cAdvisor's names",
  workloads: ["agent"],
  metrics: [
    CONTAINER_MEMORY,
    CONTAINER_MEMORY_LIMIT,
    CONTAINER_CPU,
    CONTAINER_CPU_PERIODS,
    CONTAINER_CPU_THROTTLED,
    CONTAINER_OOM,
    CONTAINER_RESTARTS,
    CONTAINER_HEALTH,
    CONTAINER_RUNNING,
    CONTAINER_LAST_SEEN,
  ],
};
