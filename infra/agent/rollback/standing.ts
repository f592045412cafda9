import type { SeenInstance } from "../../../services/base/registry/view.ts";
import type { ContainerFacts } from "../engine/engine.ts";

/** What has to be known of a container to say whether its colour can take requests. */
export type Standing = Pick<ContainerFacts, "workload" | "colour" | "state" | "health" | "version">;

/** The instances that take requests, as the registry knows them: who is silent or on its way out is none. */
export function standingInRegistry(instances: readonly SeenInstance[]): readonly Standing[] {
  return instances.flatMap(({ service, colour, version, alive, state }) =>
    alive && state === "up" ? [{ workload: service, colour, version, state: "running" as const, health: "healthy" as const }] : [],
  );
}
