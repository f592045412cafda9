/** Something took longer than it may. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  readonly code = "deadline-exceeded";

  constructor(what: string, ms: number) {
    super(`${what} did not answer within ${ms} ms`);
  }
}

/**
 * The result of `work`, or a `DeadlineError` after `ms` milliseconds. The work itself is not ended. An answer that has
 * arrived while this process was busy is taken: its own slowness is no failure of others.
 */
export async function withDeadline<T>(what: string, ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => setImmediate(() => reject(new DeadlineError(what, ms))), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits; tests pass their own. An aborted signal ends the wait early, without an error. */
export type Delay = (ms: number, signal?: AbortSignal) => Promise<void>;

export const delay: Delay = (ms, signal) =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
