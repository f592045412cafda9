import CircuitBreaker from "opossum";
import { failureOf, problemOf } from "./failures.ts";

/** When the breaker opens and tries again. */
export interface BreakerOptions {
  /** Time that an open breaker refuses at once before it lets one call try, ms. @default 1000 */
  readonly resetMs?: number;
  /** Calls within the last 5 s below which it never opens. @default 5 */
  readonly volume?: number;
}

const WINDOW_MS = 5_000;

/**
 * Refuses at once while the database is away, so that callers do not queue behind connections that cannot be made.
 * Opens when at least half of the calls failed to reach the database; what a statement is to blame for never counts.
 */
export class DatabaseBreaker {
  readonly #breaker: CircuitBreaker<[() => Promise<unknown>], unknown>;

  constructor(options: BreakerOptions = {}) {
    this.#breaker = new CircuitBreaker((work: () => Promise<unknown>) => work(), {
      name: "postgres",
      timeout: false,
      resetTimeout: options.resetMs ?? 1_000,
      volumeThreshold: options.volume ?? 5,
      errorThresholdPercentage: 50,
      rollingCountTimeout: WINDOW_MS,
      rollingCountBuckets: 5,
      rollingPercentilesEnabled: false,
      errorFilter: (error: unknown) => failureOf(error) !== "connection",
    });
  }

  get open(): boolean {
    return this.#breaker.opened;
  }

  /** @throws Problem `database-unavailable` without trying, while open */
  async run<T>(work: () => Promise<T>): Promise<T> {
    let result: T | undefined;
    try {
      await this.#breaker.fire(async () => {
        result = await work();
      });
    } catch (error) {
      if (error instanceof Error && CircuitBreaker.isOurError(error)) {
        throw problemOf(Object.assign(new Error("Connection refused by the breaker"), { code: "ECONNREFUSED", cause: error }));
      }
      throw error;
    }
    return result as T;
  }

  close(): void {
    this.#breaker.shutdown();
  }
}
