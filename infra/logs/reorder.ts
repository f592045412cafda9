import type { LogLine } from "./line.ts";

export interface ReorderClock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

interface Held {
  readonly line: LogLine;
  readonly arrivedMs: number;
}

/** A line waits this long for earlier ones of other containers. */
const WINDOW_MS = 300;
/** Lines that are held at most; then whoever brings more waits. */
const CAPACITY = 5_000;

/** Brings lines that arrive from several running containers into order of time, as far as a short wait can. */
export class ReorderBuffer {
  readonly #clock: ReorderClock;
  readonly #capacity: number;
  #held: Held[] = [];
  /** Everybody who waits for something to change. */
  #waiting: (() => void)[] = [];

  constructor(clock: ReorderClock, capacity = CAPACITY) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  /** Hands a line in. Resolves when there was room for it, so that a slow reader slows the containers' readers. */
  async put(line: LogLine, signal: AbortSignal): Promise<void> {
    while (this.#held.length >= this.#capacity && !signal.aborted) await this.#change(signal);
    this.#held.push({ line, arrivedMs: this.#clock.now() });
    this.#wake();
  }

  /** Lines in order, until the signal. */
  async *lines(signal: AbortSignal): AsyncGenerator<LogLine> {
    while (!signal.aborted) {
      if (this.#held.length === 0) await this.#change(signal);
      else {
        if (this.#held.length < this.#capacity) await this.#clock.sleep(WINDOW_MS, signal);
        for (const { line } of this.#takeDue()) yield line;
        this.#wake();
      }
    }
  }

  /** What waited long enough, and whatever comes before it. */
  #takeDue(): readonly Held[] {
    const full = this.#held.length >= this.#capacity;
    const now = this.#clock.now();
    const sorted = this.#held.toSorted((a, b) => (a.line.time < b.line.time ? -1 : a.line.time > b.line.time ? 1 : 0));
    const count = full ? Math.ceil(sorted.length / 2) : sorted.findLastIndex((held) => now - held.arrivedMs >= WINDOW_MS) + 1;
    this.#held = sorted.slice(count);
    return sorted.slice(0, count);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  async #change(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener("abort", wake);
        resolve();
      };
      signal.addEventListener("abort", wake, { once: true });
      this.#waiting.push(wake);
    });
  }
}
