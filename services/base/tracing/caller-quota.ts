import type { Clock } from "../clock.ts";

/** Traces a second that callers from outside may have recorded at one gateway. */
export const CALLERS_TRACES_PER_SECOND = 20;

/**
 * How many traces a second are recorded because a caller says so: whoever stands outside can say it of every request,
 * and a span costs more than the request. Unused ones of one second are kept, those of more are not.
 */
export class CallerQuota {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #left: number;
  #at: number;

  /**
   * @param clock Of the process.
   * @param perSecond Above 0.
   */
  constructor(clock: Clock, perSecond = CALLERS_TRACES_PER_SECOND) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#left = perSecond;
    this.#at = clock.now();
  }

  /** Takes one; false where there is none left now. */
  take(): boolean {
    const now = this.#clock.now();
    const gained = (Math.max(0, now - this.#at) / 1000) * this.#perSecond;
    this.#left = Math.min(this.#perSecond, this.#left + gained);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
