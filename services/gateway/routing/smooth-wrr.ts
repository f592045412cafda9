export interface Weighted<K extends string> {
  readonly key: K;
  /** >= 0; 0 is never picked. */
  readonly weight: number;
}

/**
 * Smooth weighted round robin: over any stretch of picks each key gets its share, spread evenly and not in bursts
 * (5:1 gives `aabaaa`, not `aaaaab` in a row of bursts).
 */
export class SmoothRoundRobin<K extends string> {
  readonly #current = new Map<K, number>();

  /** The next key; absent where nothing has weight. */
  pick(choices: readonly Weighted<K>[]): K | undefined {
    let total = 0;
    let best: K | undefined;
    let bestCurrent = -Infinity;
    for (const { key, weight } of choices) {
      if (weight <= 0) continue;
      total += weight;
      const current = (this.#current.get(key) ?? 0) + weight;
      this.#current.set(key, current);
      if (current > bestCurrent) {
        best = key;
        bestCurrent = current;
      }
    }
    if (best !== undefined) this.#current.set(best, bestCurrent - total);
    return best;
  }
}
