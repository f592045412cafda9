/** Random numbers that a seed decides (mulberry32), so that a run can be made again. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** [0, 1) */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Whole number in [from, to]. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** Whether something of this probability, [0, 1], happens. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws Error for an empty list. */
  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.next() * values.length)];
    if (value === undefined) throw new Error("there is nothing to pick from");
    return value;
  }

  /** One of several, each as likely as its weight. @throws Error where no weight is above 0. */
  weighted<T extends { readonly weight: number }>(choices: readonly T[]): T {
    let left = this.next() * choices.reduce((sum, { weight }) => sum + weight, 0);
    for (const choice of choices) {
      left -= choice.weight;
      if (left < 0) return choice;
    }
    throw new Error("there is nothing to choose from");
  }

  /** Time between two events that come independently of each other, with this mean; (0, ∞). */
  exponential(mean: number): number {
    return Math.max(Number.MIN_VALUE, -Math.log(1 - this.next()) * mean);
  }
}

/** Seed of the n-th person of a run, far from those of its neighbours (Knuth's multiplicative hash). */
export function seedOf(seed: number, n: number): number {
  return (Math.imul(n + 1, 2_654_435_761) ^ seed) >>> 0;
}
