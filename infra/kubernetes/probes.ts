import type { IContainer, IProbe } from "kubernetes-models/v1";
import type { HealthCheck } from "../platform/container.ts";
import type { Probe, Workload } from "../platform/workload.ts";

/** A pod that does not answer at all within this time is started anew; recovery of a store is in it. */
const START_SECONDS = 300;
/** Readiness decides who gets requests, so it is asked more often than liveness. */
const READY_PERIOD_SECONDS = 2;

function question(probe: Probe): Pick<IProbe, "httpGet" | "exec"> {
  return probe.type === "http"
    ? { httpGet: { path: probe.path, port: probe.port, scheme: "HTTP" } }
    : { exec: { command: [...probe.command] } };
}

/**
 * Probes of a workload: liveness asks what Docker's health check asks, as often and as patiently; startup asks the same
 * until the first answer; readiness asks whether it can take work. None for a job, which ends by itself.
 */
export function probes(workload: Workload, health: HealthCheck | undefined): Pick<IContainer, "livenessProbe" | "readinessProbe" | "startupProbe"> {
  if (workload.live === undefined || health === undefined) return {};
  const timeoutSeconds = health.timeoutSeconds;
  const startPeriodSeconds = health.startIntervalSeconds ?? 1;
  return {
    startupProbe: {
      ...question(workload.live),
      periodSeconds: startPeriodSeconds,
      timeoutSeconds,
      failureThreshold: Math.ceil(START_SECONDS / startPeriodSeconds),
    },
    livenessProbe: {
      ...question(workload.live),
      periodSeconds: health.intervalSeconds,
      timeoutSeconds,
      failureThreshold: health.retries,
    },
    readinessProbe: {
      ...question(workload.ready ?? workload.live),
      periodSeconds: READY_PERIOD_SECONDS,
      timeoutSeconds,
      failureThreshold: health.retries,
    },
  };
}
