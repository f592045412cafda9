import type { Settings } from "../platform/settings.ts";
import type { Workload } from "../platform/workload.ts";
import { objectMetadata, selectorLabels } from "./identity.ts";
import type { Manifest } from "./manifest.ts";
import { milliCpus } from "./pod.ts";

/** Share of the CPU limit at which another instance comes. */
const BUSY = 0.7;
/** Instances go one by one, and only after so much quiet. */
const CALM_SECONDS = 300;

/** Most instances that a workload is scaled to by load; undefined where it is not scaled. */
export function scaledTo(workload: Workload, settings: Settings): number | undefined {
  const most = settings.kubernetes.autoscaling[workload.name];
  // Zero instances are a decision that an autoscaler must not overrule.
  return most !== undefined && workload.kind === "service" && workload.replicas > 0 && most > workload.replicas ? most : undefined;
}

/** Autoscaler and disruption budget of a workload, where it may have several instances. */
export function availability(workload: Workload, settings: Settings): readonly Manifest[] {
  const most = scaledTo(workload, settings);
  const metadata = objectMetadata(workload.name, settings);
  const result: Manifest[] = [];
  if (most !== undefined) {
    result.push({
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: metadata.name },
        minReplicas: workload.replicas,
        maxReplicas: most,
        // Of the limit, not of the request, which is a small share of it.
        metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "AverageValue", averageValue: milliCpus(workload.limits.cpus * BUSY) } } }],
        behavior: { scaleDown: { stabilizationWindowSeconds: CALM_SECONDS, policies: [{ type: "Pods", value: 1, periodSeconds: 60 }] } },
      },
    });
  }
  if (workload.kind !== "job" && (most ?? workload.replicas) > 1) {
    result.push({
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: selectorLabels(workload.name, settings) },
      },
    });
  }
  return result;
}
