import type { Report } from "../engine/engine.ts";
import type { Container } from "../host/containers.ts";
import { dockerOrFail } from "../host/docker.ts";

/** Longer than the longest grace period: docker itself ends what does not stop. */
const STOP_DEADLINE_MS = 120_000;

/** What stops first: entries before what they lead to, stores last. Each wave stops together. */
const WAVES: readonly (readonly string[])[] = [["edge"], ["gateway"], []];
const LAST: readonly string[] = ["postgres", "redis"];

/** Containers in the order in which they stop. */
export function stopWaves(containers: readonly Container[]): readonly (readonly Container[])[] {
  const named = new Set([...WAVES.flat(), ...LAST]);
  return [...WAVES, LAST]
    .map((names) =>
      containers.filter((container) =>
        names.length > 0 ? names.includes(container.workload) : !named.has(container.workload),
      ),
    )
    .filter((wave) => wave.length > 0);
}

/** Stops containers within their own grace periods, then removes them. Volumes stay. */
export async function stopAndRemove(containers: readonly Container[], report: Report): Promise<void> {
  for (const wave of stopWaves(containers)) {
    const names = wave.map((container) => container.name);
    report(names.join(" "));
    await dockerOrFail(["stop", ...names], { deadlineMs: STOP_DEADLINE_MS });
    await dockerOrFail(["rm", "--force", ...names]);
  }
}
