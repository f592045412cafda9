import type { Settings } from "../platform/settings.ts";
import type { Workload } from "../platform/workload.ts";
import { objectMetadata, selectorLabels } from "./identity.ts";
import type { Manifest } from "./manifest.ts";

/** Ends the name of the Service by which the outside comes in. */
export const ENTRY_SUFFIX = "-public";

/** Who is found by the address of each single instance: those that the edge and Prometheus ask one by one. */
function isHeadless(workload: Workload): boolean {
  return workload.kind === "service" || workload.kind === "proxy";
}

/**
 * Services of a workload. Its name leads to all its instances, as on Docker: to each one's own address where instances
 * are asked one by one, also to those that are not ready, since the edge hears that from their agent; to one lasting
 * address for stores, whose clients then find a new pod without asking again. A port for everyone has a Service of its own.
 */
export function services(workload: Workload, settings: Settings): readonly Manifest[] {
  if (workload.ports.length === 0) return [];
  const selector = selectorLabels(workload.name, settings);
  const port = ({ name, container }: Workload["ports"][number]) => ({ name, port: container, targetPort: container, protocol: "TCP" as const });
  const open = workload.ports.filter((candidate) => candidate.publish?.exposure === "public");
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: objectMetadata(workload.name, settings),
      spec: {
        type: "ClusterIP",
        selector,
        ports: workload.ports.map(port),
        ...(isHeadless(workload) ? { clusterIP: "None", publishNotReadyAddresses: true } : {}),
      },
    },
    ...(open.length === 0
      ? []
      : [
          {
            apiVersion: "v1" as const,
            kind: "Service" as const,
            metadata: objectMetadata(workload.name, settings, ENTRY_SUFFIX),
            spec: { type: settings.kubernetes.entry, selector, ports: open.map(port) },
          },
        ]),
  ];
}
