import { isUnderWatch, thawed } from "../../services/base/traffic/release.ts";
import type { TrafficTable } from "../../services/base/traffic/table.ts";
import { colourWeight, type TrafficChange, type Weights } from "./table-change.ts";
import type { Container } from "../host/containers.ts";
import { COLOURS, type Colour } from "../platform/workload.ts";
import { freezeChange, frozenText, oneWayNow } from "./freeze.ts";
import { standingProblems } from "./standing.ts";

export type RollbackDecision =
  | { readonly change: TrafficChange; readonly colours: readonly Colour[] }
  /** There is no way back: `change` lets everything stay where it is, and says why. */
  | { readonly change: TrafficChange; readonly frozen: string }
  | { readonly refused: string };

interface Asking {
  readonly table: TrafficTable;
  readonly containers: readonly Pick<Container, "workload" | "colour" | "state" | "health">[];
  readonly by: string;
  readonly reason: string;
  /** Goes back although a migration says that the old release cannot serve any more. */
  readonly force?: boolean;
}

function isSame(a: Weights, b: Weights): boolean {
  return Object.entries(a).every(([workload, entry]) => COLOURS.every((colour) => b[workload]?.[colour] === entry[colour]));
}

/**
 * The way back to the previous table: from the middle of a rollout to before its first step, after it to the old colour,
 * and after a rollback forward again. Refused where a colour that would get requests is not complete and healthy; frozen
 * where a migration cannot go back.
 */
export function decideRollback({ table, containers, by, reason, force = false }: Asking): RollbackDecision {
  const { previous, weights, release } = table;
  if (previous === undefined || isSame(previous, weights)) return { refused: "The traffic table has no earlier weights to go back to." };
  if (release !== undefined && !force && oneWayNow(table).length > 0) {
    const text = frozenText(release, oneWayNow(table));
    return release.frozen === undefined ? { frozen: text, change: freezeChange(table, release, by, reason) } : { refused: text };
  }
  const colours = COLOURS.filter((colour) => colourWeight(previous, colour) > 0);
  for (const colour of colours) {
    const needed = Object.keys(previous).filter((workload) => (previous[workload]?.[colour] ?? 0) > 0);
    const problems = standingProblems(containers, colour, needed);
    if (problems.length > 0) return { refused: `${colour} is not complete and healthy, so requests cannot go back to it:\n${problems.map((line) => `  ${line}`).join("\n")}` };
  }
  // Half a rollout is nothing that anybody would want back.
  const wayBack = release?.state === "running" ? previous : weights;
  return { colours, change: { by, reason, weights: previous, previous: wayBack, ...(release === undefined ? {} : { release: { ...thawed(release), state: "reverted" as const } }) } };
}

/** What an alert says: the colour that is worse than the other one. */
export interface RollbackAlert extends Omit<Asking, "force"> {
  readonly colour: Colour;
  /** When it began to fire, Unix time in ms. */
  readonly sinceMs: number;
  readonly nowMs: number;
}

/** A rollback that nobody asked for: only of the colour that a release brings in, and only while it is under watch. */
export function decideAutomaticRollback({ colour, sinceMs, nowMs, ...asking }: RollbackAlert): RollbackDecision {
  const { release } = asking.table;
  if (!isUnderWatch(release, nowMs)) return { refused: "no release is under way or under watch" };
  if (release.to !== colour) return { refused: `${colour} is not the colour that is being released` };
  // The one that took an earlier release back goes on firing for a while.
  if (sinceMs < Date.parse(release.startedAt)) return { refused: "the alert is older than the release" };
  return decideRollback(asking);
}
