import type { IPod } from "kubernetes-models/v1";

/** A pod of the gateway that runs and is ready, as a cluster tells of it, with what a test says over it. */
export function podOf(changes: { readonly name?: string; readonly labels?: Record<string, string>; readonly status?: IPod["status"]; readonly deletionTimestamp?: string; readonly restartPolicy?: "Always" | "Never" } = {}): IPod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: changes.name ?? "gateway-blue-5d9c7-x2k4p",
      uid: "uid-1",
      labels: { "astratrade.environment": "dev", "astratrade.workload": "gateway", "astratrade.colour": "blue", "astratrade.version": "v1", ...changes.labels },
      ...(changes.deletionTimestamp === undefined ? {} : { deletionTimestamp: changes.deletionTimestamp }),
    },
    spec: {
      restartPolicy: changes.restartPolicy ?? "Always",
      containers: [{ name: "main", image: "astratrade/service-gateway:0123456789ab", resources: { limits: { memory: "512Mi" } } }],
    },
    status: changes.status ?? {
      phase: "Running",
      containerStatuses: [
        { name: "main", image: "", imageID: "", ready: true, started: true, restartCount: 2, state: { running: { startedAt: "2026-01-31T12:00:00Z" } } },
      ],
    },
  };
}
