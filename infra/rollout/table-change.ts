import type { Release } from "../../services/base/traffic/release.ts";
import type { ColourWeights, TrafficTable } from "../../services/base/traffic/table.ts";
import type { Colour } from "../platform/workload.ts";

/** Weights of both colours by workload. */
export type Weights = Readonly<Record<string, ColourWeights>>;

/** The largest weight that a colour has for any workload, [0, 100]. */
export function colourWeight(weights: Weights, colour: Colour): number {
  return Math.max(0, ...Object.values(weights).map((entry) => entry[colour]));
}

/** What to write into the table next. */
export interface TrafficChange {
  readonly by: string;
  readonly reason: string;
  readonly weights: Weights;
  /** Weights that a rollback brings back. @default the table's own */
  readonly previous?: Weights;
  /** @default the table's own */
  readonly release?: Release;
}

/** The table after a change. A release whose new colour is left without any weight has been taken back. */
export function nextTable(table: TrafficTable, change: TrafficChange, at: Date): TrafficTable {
  const { release = table.release } = change;
  const isTakenBack = release !== undefined && release.state !== "reverted" && colourWeight(change.weights, release.to) === 0;
  return {
    version: table.version + 1,
    at: at.toISOString(),
    by: change.by,
    reason: change.reason,
    weights: change.weights,
    previous: change.previous ?? table.weights,
    ...(release === undefined ? {} : { release: isTakenBack ? { ...release, state: "reverted" } : release }),
  };
}
