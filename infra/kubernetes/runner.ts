import { createHash } from "node:crypto";
import type { IPersistentVolumeClaim } from "kubernetes-models/v1";
import type { Settings } from "../platform/settings.ts";
import type { Workload } from "../platform/workload.ts";
import { scaledTo } from "./availability.ts";
import { objectMetadata, selectorLabels } from "./identity.ts";
import type { PodTemplate, Runner } from "./manifest.ts";

/** A job that failed runs again, with growing pauses; then it counts as failed. */
const JOB = { retries: 6, deadlineSeconds: 600 } as const;
/** Earlier revisions that `kubectl rollout undo` knows. */
const REVISIONS = 3;

function claims(workload: Workload, settings: Settings): IPersistentVolumeClaim[] {
  const { storageClass, volumes } = settings.kubernetes;
  return workload.volumes.map((mount) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: mount.volume, labels: selectorLabels(workload.name, settings) },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: `${volumes[mount.volume] ?? mount.sizeGi}Gi` } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    },
  }));
}

/** A job's pod never changes: what has changed is another job. */
function jobSuffix(template: PodTemplate): string {
  return `-${createHash("sha256").update(JSON.stringify(template)).digest("hex").slice(0, 10)}`;
}

/** What runs a workload's pods: a Job where they end, a StatefulSet where they keep data, else a Deployment. */
export function runner(workload: Workload, template: PodTemplate, settings: Settings): Runner {
  const metadata = objectMetadata(workload.name, settings);
  const selector = { matchLabels: selectorLabels(workload.name, settings) };
  if (workload.kind === "job") {
    return {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: objectMetadata(workload.name, settings, jobSuffix(template)),
      spec: { backoffLimit: JOB.retries, activeDeadlineSeconds: JOB.deadlineSeconds, template },
    };
  }
  if (workload.volumes.length > 0) {
    return {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: {
        replicas: workload.replicas,
        serviceName: metadata.name,
        selector,
        template,
        revisionHistoryLimit: REVISIONS,
        volumeClaimTemplates: claims(workload, settings),
        persistentVolumeClaimRetentionPolicy: { whenDeleted: settings.ephemeral ? "Delete" : "Retain", whenScaled: "Retain" },
      },
    };
  }
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      // An autoscaler owns the number where there is one.
      ...(scaledTo(workload, settings) === undefined ? { replicas: workload.replicas } : {}),
      selector,
      template,
      revisionHistoryLimit: REVISIONS,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    },
  };
}
