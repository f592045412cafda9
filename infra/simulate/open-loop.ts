import type { SeededRandom } from "./random.ts";

/** Time and waiting, so that tests need neither. */
export interface LoopClock {
  /** Milliseconds since any moment. */
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

/** Moments at which requests begin, ms from the start: independent of each other, `perSecond` on average (Poisson). */
export function* poissonArrivals(perSecond: number, random: SeededRandom): Generator<number, never> {
  for (let at = 0; ; ) {
    at += random.exponential(1000 / perSecond);
    yield at;
  }
}

/** Moments at even distances, ms from the start. */
export function* evenArrivals(perSecond: number): Generator<number, never> {
  for (let n = 0; ; n += 1) yield (n * 1000) / perSecond;
}

/** Longest sleep, so that an interruption is noticed. */
const LOOK_MS = 100;

/**
 * Calls `begin` at each arrival, whatever has become of the requests before: how slow answers are never slows the load
 * down. `begin` is told the moment at which it was due, on the clock, and answers' times count from there: a generator
 * or a platform that stalls shows in them (no coordinated omission).
 * `untilMs` is the end of the arrivals, from the start.
 */
export async function openLoop(options: {
  readonly arrivals: Iterator<number>;
  readonly clock: LoopClock;
  readonly untilMs: number;
  readonly signal?: AbortSignal;
  readonly begin: (dueMs: number) => void;
}): Promise<void> {
  const { arrivals, clock, untilMs, signal, begin } = options;
  const startMs = clock.now();
  for (;;) {
    const { value: offset, done } = arrivals.next();
    const over = done === true || offset >= untilMs;
    const dueMs = startMs + (over ? untilMs : offset);
    for (let left = dueMs - clock.now(); left > 0; left = dueMs - clock.now()) {
      if (signal?.aborted) return;
      await clock.sleep(Math.min(left, LOOK_MS));
    }
    if (over || signal?.aborted) return;
    begin(dueMs);
  }
}
