import { LONGEST_DELAY_MS } from "./message.ts";

/** Counts delays by whole milliseconds. */
export class Delays {
  readonly #counts = new Array<number>(LONGEST_DELAY_MS + 1).fill(0);
  #total = 0;

  add(ms: number, times = 1): void {
    const at = Math.min(LONGEST_DELAY_MS, Math.max(0, Math.round(ms)));
    this.#counts[at] = (this.#counts[at] ?? 0) + times;
    this.#total += times;
  }

  addAll(counts: readonly number[]): void {
    for (const [ms, times] of counts.entries()) if (times > 0) this.add(ms, times);
  }

  get total(): number {
    return this.#total;
  }

  /** The counts up to the largest delay that occurred. */
  get counts(): readonly number[] {
    return this.#counts.slice(0, this.#counts.findLastIndex((times) => times > 0) + 1);
  }

  /** Delay that a share of all, (0, 1], stays within, ms; 0 where there is none. */
  quantile(share: number): number {
    let left = this.#total * share;
    for (const [ms, times] of this.#counts.entries()) {
      left -= times;
      if (left <= 0) return ms;
    }
    return 0;
  }
}
