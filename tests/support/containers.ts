import type { Container } from "../../infra/host/containers.ts";
import type { ContainerSpec } from "../../infra/platform/container.ts";
import { LABELS } from "../../infra/platform/labels.ts";

/** What the engine would say of a container that was made from `spec` and runs well. */
export function containerOf(spec: ContainerSpec, changes: Partial<Container> = {}): Container {
  const colour = spec.labels[LABELS.colour];
  return {
    id: `id-${spec.name}`,
    name: spec.name,
    environment: spec.labels[LABELS.environment] ?? "",
    workload: spec.workload,
    ...(colour === "blue" || colour === "green" ? { colour } : {}),
    version: spec.labels[LABELS.version] ?? "",
    spec: spec.labels[LABELS.spec] ?? "",
    image: spec.image,
    state: spec.oneShot ? "exited" : "running",
    health: spec.oneShot ? "none" : "healthy",
    exitCode: 0,
    restarts: 0,
    startedAt: "2026-01-01T00:00:00Z",
    hostPorts: spec.ports.map((port) => port.host),
    labels: spec.labels,
    ...changes,
  };
}
