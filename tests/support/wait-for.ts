import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks until the answer is there. For processes and containers, which announce nothing; never for a fake clock.
 * @param what Completes the error "... did not come".
 * @param ask Gives undefined or throws as long as there is no answer.
 * @param withinMs Longest wait. @default 30000
 */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>, withinMs = 30_000): Promise<T> {
  const end = Date.now() + withinMs;
  let last: unknown = undefined;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    await delay(100);
  }
  throw new Error(`${what} did not come within ${withinMs} ms`, { cause: last });
}
