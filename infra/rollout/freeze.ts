import type { OneWayStep, Release } from "../../services/base/traffic/release.ts";
import type { TrafficTable } from "../../services/base/traffic/table.ts";
import type { TrafficChange } from "./table-change.ts";

/**
 * What keeps the old colour from serving again, as things stand: of the release's one-way steps those whose workload the
 * new colour has served. Empty where everything can go back.
 */
export function oneWayNow({ weights, release }: Pick<TrafficTable, "weights" | "release">): readonly OneWayStep[] {
  if (release === undefined || release.state === "ended") return [];
  return (release.oneWay ?? []).filter(({ workload }) => (weights[workload]?.[release.to] ?? 0) > 0);
}

/** Lets every weight stay as it is and says why: a rollout that is under way ends by it. */
export function freezeChange(table: TrafficTable, release: Release, by: string, why: string): TrafficChange {
  const { weights, previous } = table;
  // Taken back and brought forward again: it stands as after its end.
  const state = release.state === "reverted" ? "watching" : release.state;
  return { by, reason: `frozen: ${why}`, weights, ...(previous === undefined ? {} : { previous }), release: { ...release, state, frozen: why } };
}

/** Why nothing was taken back, and what a person can do, in a few lines. */
export function frozenText({ from, to }: Release, steps: readonly OneWayStep[]): string {
  const named = steps.map(({ workload, migration }) => `${workload} ${migration}`).join(", ");
  return [
    `Traffic is frozen where it is and was not taken back: ${to} has served, and after its migrations (${named}) ${from} cannot serve again.`,
    "What to do:",
    `  the cause is elsewhere, or mended:  ./astra rollout ${to}            goes on from here`,
    `  the release itself is bad:          ./astra rollout ${to} --skip-judgement, then ./astra up with the fix, which replaces ${from}`,
    `  ${from} can serve all the same:     ./astra rollback --force         at your own risk`,
  ].join("\n");
}
