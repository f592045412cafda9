import { busyProblem } from "../base/postgres/failures.ts";

/** What became of an item. */
export type Result<R> = { readonly value: R } | { readonly error: unknown };

export interface BatcherOptions<T, R> {
  /** Works on a batch: one result for each item, in their order. What it throws is thrown to every item. */
  readonly work: (items: readonly T[]) => Promise<readonly Result<R>[]>;
  /** Two items with the same key are never in one batch. */
  readonly keyOf: (item: T) => unknown;
  /** Items in a batch, >= 1. @default 100 */
  readonly most?: number;
  /** Items that may wait for a batch; one more is refused. @default 1000 */
  readonly maxWaiting?: number;
  /** An item that has waited longer when its turn comes is refused, ms: what held it up may do so again. @default 2000 */
  readonly maxWaitMs?: number;
  /** Milliseconds from any moment. @default performance.now */
  readonly now?: () => number;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly since: number;
  readonly resolve: (value: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Works on one batch at a time; what comes meanwhile is the next one. So an item alone does not wait for others, and the more
 * there are the less each costs: what databases do with commits (group commit; DeWitt et al., "Implementation Techniques
 * for Main Memory Database Systems", SIGMOD 1984).
 */
export class Batcher<T, R> {
  readonly #options: Required<BatcherOptions<T, R>>;
  #waiting: Waiting<T, R>[] = [];
  #isRunning = false;

  constructor(options: BatcherOptions<T, R>) {
    this.#options = { most: 100, maxWaiting: 1_000, maxWaitMs: 2_000, now: () => performance.now(), ...options };
  }

  /**
   * What became of the item.
   * @throws Problem `database-busy` (503) too many wait already, or it has waited too long; else the error of the item or its batch.
   */
  submit(item: T): Promise<R> {
    if (this.#waiting.length >= this.#options.maxWaiting) return Promise.reject(busyProblem());
    return new Promise<R>((resolve, reject) => {
      this.#waiting.push({ item, since: this.#options.now(), resolve, reject });
      if (this.#isRunning) return;
      this.#isRunning = true;
      // Together with whatever else has come in with it.
      setImmediate(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      if (batch.length > 0) await this.#settle(batch);
    }
    this.#isRunning = false;
  }

  async #settle(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.#options.work(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, index) => {
        const result = results[index] ?? { error: new Error("a batch gave no result for one of its items") };
        if ("value" in result) resolve(result.value);
        else reject(result.error);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  /** The oldest items that may be together; the others keep their places, and those that are too late are refused. */
  #take(): readonly Waiting<T, R>[] {
    const { most, keyOf, maxWaitMs, now } = this.#options;
    const oldest = now() - maxWaitMs;
    const batch = new Map<unknown, Waiting<T, R>>();
    const left: Waiting<T, R>[] = [];
    for (const one of this.#waiting) {
      const key = keyOf(one.item);
      if (one.since < oldest) one.reject(busyProblem());
      else if (batch.size >= most || batch.has(key)) left.push(one);
      else batch.set(key, one);
    }
    this.#waiting = left;
    return [...batch.values()];
  }
}
