import type { Outcome } from "./statistics.ts";

/** What the rules of the game answer to somebody who asks for too much, or comes too late. */
const RULES: ReadonlySet<number> = new Set([403, 404, 409, 422]);

/** The one 503 that is a bound and no failure: password hashing takes what it may, and no more. */
const PASSWORD_BOUND = "password-work-busy";

/** What an answer means. @param code The problem's own code, where the answer is a problem. */
export function outcomeOf(status: number, code: string | undefined): Outcome {
  if (status >= 200 && status < 300) return "ok";
  if (status === 429 || (status === 503 && code === PASSWORD_BOUND)) return "limited";
  // 400 and 401 are the generator's own mistakes, so they are failures as well.
  return RULES.has(status) ? "refused" : "failed";
}

/** Seconds of a `Retry-After` in its usual form, [0, 3600]; 1 where there is none that can be read. */
export function retryAfterSeconds(header: string | string[] | undefined): number {
  const seconds = typeof header === "string" && /^\d{1,6}$/.test(header) ? Number(header) : 1;
  return Math.min(3600, seconds);
}

/** The name of what broke, for a table: a system's or library's own code. */
export function nameOfFailure(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown";
}
