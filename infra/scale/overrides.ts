import type { Colour } from "../platform/workload.ts";
import { COLOURS } from "../platform/workload.ts";
import type { Numbers } from "./numbers.ts";

/**
 * Config of an environment with these instances in it. Without a colour they hold for both, and replace what a single
 * one was given before.
 */
export function scaledOverrides(
  overrides: Readonly<Record<string, string>>,
  numbers: Numbers,
  colour?: Colour,
): Readonly<Record<string, string>> {
  const replaced = Object.keys(numbers).flatMap((service) =>
    colour === undefined ? COLOURS.map((each) => `${each}:replicas.${service}`) : [`${colour}:replicas.${service}`],
  );
  const kept = Object.entries(overrides).filter(([key]) => !replaced.includes(key));
  const own = Object.entries(numbers).map(([service, number]) => [`${colour === undefined ? "" : `${colour}:`}replicas.${service}`, String(number)] as const);
  return Object.fromEntries([...kept, ...own]);
}
