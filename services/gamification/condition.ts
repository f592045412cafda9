import type { Decimal } from "decimal.js";
import type { Counter } from "./xp-rules.ts";

/** Days in a row on which a player did something, at their best; and the level. */
export type Measure = Counter | "streak" | "level";

/** When an achievement is reached, as data: a measure, or several of them. */
export type Condition =
  | { readonly measure: Measure; readonly atLeast: number }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

/** What a player has reached. Measures that are absent have not moved. */
export type Measures = ReadonlyMap<Measure, Decimal>;

/** Whether a player meets a condition. */
export function isMet(condition: Condition, measures: Measures): boolean {
  if ("all" in condition) return condition.all.every((part) => isMet(part, measures));
  if ("any" in condition) return condition.any.some((part) => isMet(part, measures));
  return measures.get(condition.measure)?.gte(condition.atLeast) ?? false;
}
