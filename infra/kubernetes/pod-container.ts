import type { IPod } from "kubernetes-models/v1";
import type { Container } from "../host/containers.ts";
import { LABELS } from "../platform/labels.ts";
import { COLOURS } from "../platform/workload.ts";

/** Reasons of waiting that are no trouble. */
const ON_ITS_WAY = new Set(["ContainerCreating", "PodInitializing"]);

/** In Docker's words where it has one; else what the cluster gives as the reason: `CrashLoopBackOff`. */
function stateOf(pod: IPod): string {
  const { phase, conditions = [], containerStatuses = [] } = pod.status ?? {};
  if (pod.metadata?.deletionTimestamp !== undefined) return "stopping";
  if (phase === "Succeeded" || phase === "Failed") return "exited";
  const waiting = containerStatuses[0]?.state?.waiting?.reason;
  if (waiting !== undefined) return ON_ITS_WAY.has(waiting) ? "starting" : waiting;
  if (containerStatuses[0]?.state?.terminated !== undefined) return "restarting";
  if (phase === "Running") return "running";
  return conditions.some((condition) => condition.type === "PodScheduled" && condition.status === "False") ? "Unschedulable" : "starting";
}

/** A pod as the container that it carries: what status, logs and decisions about colours know. */
export function podContainer(pod: IPod): Container {
  const { metadata, spec, status } = pod;
  const labels = metadata?.labels ?? {};
  const colour = COLOURS.find((name) => name === labels[LABELS.colour]);
  const main = status?.containerStatuses?.[0];
  const isJob = spec?.restartPolicy === "Never";
  return {
    id: metadata?.uid ?? "",
    name: metadata?.name ?? "",
    environment: labels[LABELS.environment] ?? "",
    workload: labels[LABELS.workload] ?? "",
    ...(colour === undefined ? {} : { colour }),
    version: labels[LABELS.version] ?? "",
    // The cluster itself compares; nobody asks a pod for the hash of its normal form.
    spec: "",
    image: spec?.containers[0]?.image ?? "",
    state: stateOf(pod),
    health: isJob ? "none" : main?.ready === true ? "healthy" : main?.started === true ? "unhealthy" : "starting",
    exitCode: main?.state?.terminated?.exitCode ?? main?.lastState?.terminated?.exitCode ?? 0,
    restarts: main?.restartCount ?? 0,
    startedAt: main?.state?.running?.startedAt ?? main?.state?.terminated?.startedAt ?? "",
    hostPorts: [],
    labels,
  };
}
