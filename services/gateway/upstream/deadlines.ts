/** How exact a deadline is, ms. */
const TICK_MS = 20;

/** Something that does not wait for ever. */
export interface Waiting {
  /** When its time is over, in ms of `performance.now()`; Infinity: never. */
  deadlineMs: number;
  /** Where the table of deadlines has it, for that table alone; -1: nowhere. */
  place: number;
  /** Its time is over. */
  expired(): void;
}

/**
 * Deadlines of everything that is under way, with one timer for all: a timer for each request costs more than looking
 * through those few that wait. They end up to 20 ms late and never early.
 *
 * An array and no `Set`: one whose members come and go makes a new table each time it has seen as many as it has room for,
 * each old table points to the next, and so one that has grown old keeps alive what all later ones held at that moment. In a
 * gateway that was a third of all requests, until the next collection of old objects.
 */
export class Deadlines<T extends Waiting> {
  readonly #waiting: T[] = [];
  #timer: NodeJS.Timeout | undefined;

  add(waiting: T): void {
    if (waiting.place < 0) waiting.place = this.#waiting.push(waiting) - 1;
    this.#timer ??= setInterval(() => this.#look(), TICK_MS);
  }

  delete(waiting: T): void {
    const { place } = waiting;
    if (place < 0) return;
    waiting.place = -1;
    const last = this.#waiting.pop() as T;
    if (last === waiting) return;
    this.#waiting[place] = last;
    last.place = place;
  }

  /** Everything that waits now. */
  all(): readonly T[] {
    return [...this.#waiting];
  }

  /** Ends the timer; nothing expires any more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const waiting of this.#waiting.splice(0)) waiting.place = -1;
  }

  #look(): void {
    if (this.#waiting.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const nowMs = performance.now();
    // Whoever expires leaves the table meanwhile, and the last one takes its place.
    for (const waiting of this.all()) if (waiting.deadlineMs <= nowMs && waiting.place >= 0) waiting.expired();
  }
}
