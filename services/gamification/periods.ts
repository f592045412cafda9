/** Time over which a leaderboard adds up points. Days and weeks are those of UTC; a week begins on Monday. */
export const PERIODS = ["all", "daily", "weekly"] as const;

export type Period = (typeof PERIODS)[number];

const MILLISECONDS_PER_DAY = 86_400_000;

/** Start of the one period that never ends. */
const BEGINNING = "1970-01-01";

/**
 * First day (`YYYY-MM-DD`, UTC) of the period that a moment is in: with the period's name it identifies a leaderboard.
 * `atMs` counts milliseconds since 1970.
 */
export function startOfPeriod(period: Period, atMs: number): string {
  if (period === "all") return BEGINNING;
  const day = Math.floor(atMs / MILLISECONDS_PER_DAY);
  // 1970-01-01, day 0, was a Thursday: three days after a Monday.
  const start = period === "daily" ? day : day - ((day + 3) % 7);
  return new Date(start * MILLISECONDS_PER_DAY).toISOString().slice(0, 10);
}
