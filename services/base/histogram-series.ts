import type { Histogram } from "prom-client";

/** What prom-client keeps of one series; its types leave that out. */
interface Entry {
  readonly labels: object;
  /** Observations by the bound of the bucket that they fell into. */
  readonly bucketValues: Record<number, number>;
  sum: number;
  count: number;
}

interface Entries {
  readonly hashMap: Readonly<Record<string, Entry>>;
  readonly upperBounds: readonly number[];
}

/**
 * One series of a histogram, for what is measured with every request: prom-client makes a text of the labels and one of the
 * bound for each observation. This counts by itself, and `handOver` adds that to what prom-client shows: to be called by
 * the histogram's `collect`, so that whoever reads gets all.
 */
export class HistogramSeries {
  readonly #entry: Entry;
  readonly #bounds: readonly number[];
  /** One for each bound, and the last one for what is above all of them. */
  readonly #counts: Float64Array;
  #seconds = 0;

  /** Begins a series at zero. @throws Error where prom-client keeps its series in another way than this knows. */
  constructor(histogram: Histogram, labels: Readonly<Record<string, string>>) {
    histogram.zero(labels);
    const { hashMap, upperBounds } = histogram as unknown as Entries;
    const entry = Object.values(hashMap).find((each) => each.labels === labels);
    if (entry === undefined) throw new Error("prom-client does not keep a histogram's series by its labels any more");
    this.#entry = entry;
    this.#bounds = upperBounds;
    this.#counts = new Float64Array(upperBounds.length + 1);
  }

  /** @param seconds Finite; what is measured with every request is how long it took. */
  observe(seconds: number): void {
    const bounds = this.#bounds;
    let index = 0;
    while (index < bounds.length && seconds > (bounds[index] as number)) index += 1;
    (this.#counts[index] as number) += 1;
    this.#seconds += seconds;
  }

  handOver(): void {
    const { bucketValues } = this.#entry;
    this.#counts.forEach((count, index) => {
      if (count === 0) return;
      const bound = this.#bounds[index];
      if (bound !== undefined) bucketValues[bound] = (bucketValues[bound] ?? 0) + count;
      this.#entry.count += count;
    });
    this.#entry.sum += this.#seconds;
    this.#counts.fill(0);
    this.#seconds = 0;
  }
}
