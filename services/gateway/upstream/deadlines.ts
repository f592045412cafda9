/** How exact a deadline is, ms. */
const TICK_MS = 20;

/** Something that does not wait for ever. */
export interface Waiting {
  /** When its time is over, in ms of `performance.now()`; Infinity: never. */
  deadlineMs: number;
  /** Its time is over. */
  expired(): void;
}

/**
 * Deadlines of everything that is under way, with one timer for all: a timer for each request costs more than looking
 * through those few that wait. They end up to 20 ms late and never early.
 */
export class Deadlines<T extends Waiting> {
  readonly #waiting = new Set<T>();
  #timer: NodeJS.Timeout | undefined;

  add(waiting: T): void {
    this.#waiting.add(waiting);
    this.#timer ??= setInterval(() => this.#look(), TICK_MS);
  }

  delete(waiting: T): void {
    this.#waiting.delete(waiting);
  }

  /** Everything that waits now. */
  all(): readonly T[] {
    return [...this.#waiting];
  }

  /** Ends the timer; nothing expires any more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }

  #look(): void {
    if (this.#waiting.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const nowMs = performance.now();
    for (const waiting of this.#waiting) if (waiting.deadlineMs <= nowMs) waiting.expired();
  }
}
