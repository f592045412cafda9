import { type Condition, isMet, type Measures } from "./condition.ts";

/** A goal that a player reaches once. */
export interface Achievement {
  /** Stable: stored, published and shown by other domains. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly condition: Condition;
  /** Points it gives, [0, ∞). */
  readonly xp: number;
}

export const ACHIEVEMENTS: readonly Achievement[] = [
  {
    id: "first-trade",
    name: "First trade",
    description: "Executed a first trade.",
    condition: { measure: "trades", atLeast: 1 },
    xp: 20,
  },
  {
    id: "ten-trades",
    name: "Regular",
    description: "Executed 10 trades.",
    condition: { measure: "trades", atLeast: 10 },
    xp: 50,
  },
  {
    id: "hundred-trades",
    name: "Veteran",
    description: "Executed 100 trades.",
    condition: { measure: "trades", atLeast: 100 },
    xp: 250,
  },
  {
    id: "volume-100k",
    name: "High roller",
    description: "Traded a volume of 100,000.",
    condition: { measure: "volume", atLeast: 100_000 },
    xp: 200,
  },
  {
    id: "first-profit",
    name: "In the black",
    description: "Closed a position with a profit.",
    condition: { measure: "profits", atLeast: 1 },
    xp: 25,
  },
  {
    id: "first-post",
    name: "Finding a voice",
    description: "Wrote a first post.",
    condition: { measure: "posts", atLeast: 1 },
    xp: 10,
  },
  {
    id: "ten-likes",
    name: "Generous",
    description: "Liked 10 posts.",
    condition: { measure: "likes", atLeast: 10 },
    xp: 10,
  },
  {
    id: "first-purchase",
    name: "Collector",
    description: "Bought a first NFT on the marketplace.",
    condition: { measure: "purchases", atLeast: 1 },
    xp: 20,
  },
  {
    id: "streak-3",
    name: "Warming up",
    description: "Was active on 3 days in a row.",
    condition: { measure: "streak", atLeast: 3 },
    xp: 15,
  },
  {
    id: "streak-7",
    name: "Every day of the week",
    description: "Was active on 7 days in a row.",
    condition: { measure: "streak", atLeast: 7 },
    xp: 50,
  },
  {
    id: "streak-30",
    name: "Part of the furniture",
    description: "Was active on 30 days in a row.",
    condition: { measure: "streak", atLeast: 30 },
    xp: 300,
  },
  {
    id: "level-10",
    name: "Two digits",
    description: "Reached level 10.",
    condition: { measure: "level", atLeast: 10 },
    xp: 100,
  },
  {
    id: "all-rounder",
    name: "All-rounder",
    description: "Executed 10 trades, wrote or commented 5 times, and bought or earned an NFT.",
    condition: {
      all: [
        { measure: "trades", atLeast: 10 },
        { any: [{ measure: "posts", atLeast: 5 }, { measure: "comments", atLeast: 5 }] },
        { any: [{ measure: "purchases", atLeast: 1 }, { measure: "nfts", atLeast: 1 }] },
      ],
    },
    xp: 75,
  },
];

/** Achievements whose condition a player meets, in catalogue order. */
export function achievementsMet(measures: Measures): readonly Achievement[] {
  return ACHIEVEMENTS.filter(({ condition }) => isMet(condition, measures));
}

/** The achievement of an id, also of one that players once unlocked and the catalogue no longer has. */
export function achievementOf(id: string): Pick<Achievement, "id" | "name" | "description"> {
  return ACHIEVEMENTS.find((achievement) => achievement.id === id) ?? { id, name: id, description: "" };
}
