import type { ServiceDeclaration } from "../../base/declaration.ts";
import { DependencyDownError, type DependencyProbe } from "../../base/health/probe.ts";
import type { SeenInstance } from "../../base/registry/view.ts";
import type { ServiceContext } from "../../base/service.ts";
import type { Opinions } from "./services-route.ts";

/** Registry data older than this says that Redis does not answer. */
const REGISTRY_STALE_MS = 10_000;

/**
 * What `/health` tells besides Redis, which the template asks: the registry with its age, and every service.
 * `opinionsOf` gives what requests have shown, once the gateway's parts are there.
 */
export function dependencyProbes(context: ServiceContext, services: readonly ServiceDeclaration[], opinionsOf: () => Opinions | undefined): DependencyProbe[] {
  return [
    { name: "registry", check: () => registryState(context) },
    ...services.map(({ name }) => ({ name, check: () => serviceState(name, context, opinionsOf()) })),
  ];
}

async function registryState({ registry }: ServiceContext): Promise<{ ageMs: number; instances: number }> {
  const ageMs = registry.ageMs();
  if (ageMs === undefined) throw new Error("was never read");
  const state = { ageMs, instances: registry.instances().filter((instance) => instance.alive).length };
  if (ageMs > REGISTRY_STALE_MS) throw new DependencyDownError(`was last read ${Math.round(ageMs / 1000)} s ago, the last table serves`, state);
  if (registry.isFaulty) throw new DependencyDownError("most heartbeats stopped at once, the last table serves", state);
  return state;
}

async function serviceState(name: string, { registry, traffic }: ServiceContext, opinions: Opinions | undefined): Promise<{ instances: number }> {
  const takers = registry.takers(name);
  const all = [...takers.blue, ...takers.green];
  if (all.length === 0) throw new Error("no instance is running");
  const isThere = (instance: SeenInstance): boolean => !(opinions?.health.isGone(instance) ?? false);
  const instances = all.filter(isThere).length;
  if (instances === 0) throw new DependencyDownError("no instance takes connections", { instances });
  const weights = traffic.weights(name);
  const shut = (["blue", "green"] as const).filter((colour) => weights[colour] > 0 && opinions?.breakers.of(name, colour).state === "open");
  if (shut.length > 0) throw new DependencyDownError(`the circuit breaker of ${shut.join(" and ")} is open`, { instances });
  return { instances };
}
