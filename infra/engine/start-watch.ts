import type { Container } from "../host/containers.ts";
import type { ContainerSpec } from "../platform/container.ts";
import { describeFailure, startFailure, type ReadinessHost } from "./readiness.ts";

const POLL_MS = 1_000;

/** What is watched while an engine is at work. */
export interface StartWatch {
  readonly specs: readonly ContainerSpec[];
  /** The stack's containers before: those are the engine's business until it has replaced them. */
  readonly before: readonly Container[];
  /** Gets what a person has to know of a container that does not start, once for each. */
  readonly tell: (text: string) => void;
}

/**
 * Looks at new containers while the engine still makes others, and tells at once of one that ends: with seven services to
 * start, the engine comes back long after the first has crashed.
 * @returns Names of those that it told of.
 */
export async function watchStarts({ specs, before, tell }: StartWatch, host: ReadinessHost, signal: AbortSignal): Promise<readonly string[]> {
  const known = new Set(before.map((container) => container.id));
  const told = new Set<string>();
  while (!signal.aborted) {
    // What cannot be asked now is asked again: the engine reports what is wrong with Docker itself.
    const found = await host.inspect(specs.map((spec) => spec.name).filter((name) => !told.has(name))).catch(() => []);
    for (const container of found) {
      if (known.has(container.id)) continue;
      const oneShot = specs.find((spec) => spec.name === container.name)?.oneShot ?? false;
      const reason = startFailure(container, undefined, oneShot);
      if (reason === undefined) continue;
      told.add(container.name);
      tell(await describeFailure(host, container.name, reason));
    }
    await host.sleep(POLL_MS);
  }
  return [...told];
}
