import type { SeededRandom } from "./random.ts";

/** How somebody uses the game: in sessions, with time to think between two clicks. */
export interface Habit {
  readonly name: string;
  /** Share of all people: weights, not percent. */
  readonly weight: number;
  /** Clicks in a session, on average. */
  readonly clicks: number;
  /** Time between two clicks, on average, seconds. */
  readonly thinkSeconds: number;
  /** Time between two sessions, on average, seconds. */
  readonly awaySeconds: number;
}

/**
 * Few play much and many play a little: 5 % of the people make about half of all requests. An assumption of this model,
 * shaped after the usual 90-9-1 of communities; nothing in it was measured at real players.
 */
export const HABITS: readonly Habit[] = [
  { name: "casual", weight: 70, clicks: 6, thinkSeconds: 8, awaySeconds: 600 },
  { name: "regular", weight: 25, clicks: 15, thinkSeconds: 5, awaySeconds: 180 },
  { name: "heavy", weight: 5, clicks: 60, thinkSeconds: 2, awaySeconds: 30 },
];

/** Clicks of a person with this habit in a second, sessions and pauses taken together. */
export function clicksPerSecond({ clicks, thinkSeconds, awaySeconds }: Habit): number {
  return clicks / (clicks * thinkSeconds + awaySeconds);
}

export function habitOf(random: SeededRandom): Habit {
  return random.weighted(HABITS);
}
