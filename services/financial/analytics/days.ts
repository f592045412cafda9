const MILLISECONDS_PER_DAY = 86_400_000;

/**
 * First of the last `days` days (`YYYY-MM-DD`, UTC), of which the one of `nowMs` is the last.
 * `days` is a whole number, [1, ∞).
 */
export function firstOfLastDays(days: number, nowMs: number): string {
  return new Date(nowMs - (days - 1) * MILLISECONDS_PER_DAY).toISOString().slice(0, 10);
}
