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
