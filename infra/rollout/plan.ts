import type { ColourWeights } from "../../services/base/traffic/table.ts";
import type { Weights } from "./table-change.ts";
import type { Colour } from "../platform/workload.ts";

/** One move of weight, and the whole table after it. */
export interface RolloutStep {
  readonly workload: string;
  /** Weight of the new colour, (0, 100]. */
  readonly percent: number;
  readonly weights: Weights;
}

export const DEFAULT_PERCENTS: readonly number[] = [10, 50, 100];

function share(to: Colour, percent: number): ColourWeights {
  return to === "blue" ? { blue: percent, green: 100 - percent } : { blue: 100 - percent, green: percent };
}

/**
 * Every step of a rollout to a colour: one workload after the other in the given order, each by the given weights.
 * Steps that the table has already made are left out, so a rollout that was interrupted goes on: with the step it was
 * in, since nobody has judged that one. Workloads that the table knows and the order does not come first. The weights
 * (`percents`) ascend in (0, 100] and end with 100.
 */
export function rolloutSteps(table: Weights, order: readonly string[], to: Colour, percents: readonly number[]): readonly RolloutStep[] {
  const known = Object.keys(table);
  const workloads = [...known.filter((name) => !order.includes(name)), ...order.filter((name) => known.includes(name))];
  let weights = table;
  const steps: RolloutStep[] = [];
  for (const workload of workloads) {
    const present = table[workload]?.[to] ?? 0;
    for (const percent of percents) {
      if (percent < present || (percent === present && present === 100)) continue;
      weights = { ...weights, [workload]: share(to, percent) };
      steps.push({ workload, percent, weights });
    }
  }
  return steps;
}

/** How many steps a rollout from the beginning has. */
export function stepCount(table: Weights, percents: readonly number[]): number {
  return Object.keys(table).length * percents.length;
}

/** What is wrong with weights that a person gave; undefined when nothing is. */
export function percentsProblem(percents: readonly number[]): string | undefined {
  if (percents.length === 0 || percents.some((percent) => !(percent > 0 && percent <= 100))) return "takes weights above 0 up to 100";
  if (percents.some((percent, index) => index > 0 && percent <= (percents[index - 1] ?? 0))) return "takes weights that grow";
  return percents.at(-1) === 100 ? undefined : "has to end with 100";
}
