import type { Clock } from "../../base/clock.ts";

/** An instance that just failed is passed over for this long; then requests find out anew. */
const SUSPECT_MS = 2_000;

/** Instances that could not be reached a moment ago. The registry learns of a death only later. */
export class Suspects {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  mark(instance: string): void {
    this.#untilMs.set(instance, this.#clock.now() + SUSPECT_MS);
  }

  clear(instance: string): void {
    if (this.#untilMs.size > 0) this.#untilMs.delete(instance);
  }

  has(instance: string): boolean {
    const until = this.#untilMs.size === 0 ? undefined : this.#untilMs.get(instance);
    if (until === undefined) return false;
    if (until > this.#clock.now()) return true;
    this.#untilMs.delete(instance);
    return false;
  }
}
