import { LONGEST_DELAY_MS } from "./message.ts";

/** Counts delays by whole milliseconds. */
export class Delays {
  readonly #counts = new Map<number, number>();
  #total = 0;

  add(ms: number, times = 1): void {
    const at = Math.min(LONGEST_DELAY_MS, Math.max(0, Math.round(ms)));
    this.#counts.set(at, (this.#counts.get(at) ?? 0) + times);
    this.#total += times;
  }

  addAll(counts: readonly (readonly [ms: number, times: number])[]): void {
    for (const [ms, times] of counts) this.add(ms, times);
  }

  get total(): number {
    return this.#total;
  }

  /** How often each delay occurred; few enough pairs to be sent between processes many times a second. */
  get counts(): readonly (readonly [ms: number, times: number])[] {
    return [...this.#counts];
  }

  /** Delay that a share of all, (0, 1], stays within, ms; 0 where there is none. */
  quantile(share: number): number {
    let left = this.#total * share;
    for (const [ms, times] of [...this.#counts].sort(([a], [b]) => a - b)) {
      left -= times;
      if (left <= 0) return ms;
    }
    return 0;
  }
}
