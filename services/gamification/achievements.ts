import type { Decimal } from "decimal.js";
import type { Counter } from "./xp-rules.ts";

/** A goal that a player reaches once. */
export interface Achievement {
  /** Stable: stored, published and shown by other domains. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly condition: { readonly counter: Counter; readonly atLeast: number };
  /** Points it gives, [0, ∞). */
  readonly xp: number;
}

export const ACHIEVEMENTS: readonly Achievement[] = [
  {
    id: "first-trade",
    name: "First trade",
    description: "Executed a first trade.",
    condition: { counter: "trades", atLeast: 1 },
    xp: 20,
  },
  {
    id: "ten-trades",
    name: "Regular",
    description: "Executed 10 trades.",
    condition: { counter: "trades", atLeast: 10 },
    xp: 50,
  },
  {
    id: "hundred-trades",
    name: "Veteran",
    description: "Executed 100 trades.",
    condition: { counter: "trades", atLeast: 100 },
    xp: 250,
  },
  {
    id: "volume-100k",
    name: "High roller",
    description: "Traded a volume of 100,000.",
    condition: { counter: "volume", atLeast: 100_000 },
    xp: 200,
  },
  {
    id: "first-profit",
    name: "In the black",
    description: "Closed a position with a profit.",
    condition: { counter: "profits", atLeast: 1 },
    xp: 25,
  },
  {
    id: "first-post",
    name: "Finding a voice",
    description: "Wrote a first post.",
    condition: { counter: "posts", atLeast: 1 },
    xp: 10,
  },
  {
    id: "ten-likes",
    name: "Generous",
    description: "Liked 10 posts.",
    condition: { counter: "likes", atLeast: 10 },
    xp: 10,
  },
  {
    id: "first-purchase",
    name: "Collector",
    description: "Bought a first NFT on the marketplace.",
    condition: { counter: "purchases", atLeast: 1 },
    xp: 20,
  },
];

/** Achievements whose condition the counters meet, in catalogue order. Counters that are absent have not moved. */
export function achievementsMet(counters: ReadonlyMap<Counter, Decimal>): readonly Achievement[] {
  return ACHIEVEMENTS.filter(({ condition }) => counters.get(condition.counter)?.gte(condition.atLeast) ?? false);
}

/** The achievement of an id, also of one that players once unlocked and the catalogue no longer has. */
export function achievementOf(id: string): Pick<Achievement, "id" | "name" | "description"> {
  return ACHIEVEMENTS.find((achievement) => achievement.id === id) ?? { id, name: id, description: "" };
}
