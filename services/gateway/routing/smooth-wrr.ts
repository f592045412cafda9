/** Keys beyond those in use after which forgotten ones are removed. */
const SPARE_KEYS = 64;

/**
 * Smooth weighted round robin: over any stretch of picks each item gets its share, spread evenly and not in bursts
 * (5:1 gives `aabaaa`, not `aaaaab` in a row of bursts).
 */
export class SmoothRoundRobin<K extends string> {
  readonly #current = new Map<K, number>();

  /** The next item; absent where nothing has weight. Its key stays the same from pick to pick; a weight of 0 or less is never picked. */
  pick<T>(items: readonly T[], keyOf: (item: T) => K, weightOf: (item: T) => number): T | undefined {
    let total = 0;
    let best: T | undefined;
    let bestCurrent = -Infinity;
    for (const item of items) {
      const weight = weightOf(item);
      if (weight <= 0) continue;
      total += weight;
      const key = keyOf(item);
      const current = (this.#current.get(key) ?? 0) + weight;
      this.#current.set(key, current);
      if (current > bestCurrent) {
        best = item;
        bestCurrent = current;
      }
    }
    if (best !== undefined) this.#current.set(keyOf(best), bestCurrent - total);
    if (this.#current.size > items.length + SPARE_KEYS) this.#forgetAllBut(new Set(items.map(keyOf)));
    return best;
  }

  #forgetAllBut(keys: ReadonlySet<K>): void {
    for (const key of this.#current.keys()) if (!keys.has(key)) this.#current.delete(key);
  }
}
