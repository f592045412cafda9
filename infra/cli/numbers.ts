import type { Invocation } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/**
 * A flag's time in seconds, fractions allowed.
 * @throws UsageError naming the range [0, `most`].
 */
export function secondsOf(invocation: Invocation, flag: string, { fallback, most }: { readonly fallback: number; readonly most: number }): number {
  const text = invocation.text(flag);
  if (text === undefined) return fallback;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= most)) throw new UsageError(`--${flag} takes 0 to ${most} seconds, not "${text}".`);
  return seconds;
}

/**
 * A flag's whole number.
 * @throws UsageError naming the range [`least`, `most`].
 */
export function wholeNumberOf(
  invocation: Invocation,
  flag: string,
  { fallback, least, most }: { readonly fallback: number; readonly least: number; readonly most: number },
): number {
  const text = invocation.text(flag);
  if (text === undefined) return fallback;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) throw new UsageError(`--${flag} takes a whole number from ${least} to ${most}, not "${text}".`);
  return number;
}
