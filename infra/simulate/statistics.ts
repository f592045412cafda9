import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

/**
 * What became of a request. `refused`: by a rule of the game, which a person meets as well. `limited`: by a rate limit or
 * the bound on password hashing, with the advice to come again. `failed`: what should never be.
 */
export type Outcome = "ok" | "refused" | "limited" | "failed";

export const OUTCOMES: readonly Outcome[] = ["ok", "refused", "limited", "failed"];

/** One answer, or what came instead. */
export interface Sample {
  readonly action: string;
  readonly outcome: Outcome;
  /** Status, or the name of what broke: `422`, `ECONNRESET`. */
  readonly code: string;
  /** From the moment at which the request was due. */
  readonly elapsedMs: number;
}

/** Longest time that is told apart, ms; three digits of each are kept. */
const LONGEST_MS = 120_000;

/** Times of requests: Node's own HdrHistogram, in microseconds. */
export class Times {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: LONGEST_MS * 1000, figures: 3 });

  add(ms: number): void {
    this.#histogram.record(Math.min(LONGEST_MS * 1000, Math.max(1, Math.round(ms * 1000))));
  }

  get count(): number {
    return this.#histogram.count;
  }

  /** Time that a share of all, (0, 1], stayed within, ms; 0 where there is none. */
  quantileMs(share: number): number {
    return this.count === 0 ? 0 : this.#histogram.percentile(share * 100) / 1000;
  }

  clear(): void {
    this.#histogram.reset();
  }
}

/** All requests of one kind. */
export class Tally {
  readonly counts: Record<Outcome, number> = { ok: 0, refused: 0, limited: 0, failed: 0 };
  /** Of all that were answered, whatever the answer. */
  readonly times = new Times();
  /** How often each code came, of what was not ok. */
  readonly codes = new Map<string, number>();

  add({ outcome, code, elapsedMs }: Sample): void {
    this.counts[outcome] += 1;
    this.times.add(elapsedMs);
    if (outcome !== "ok") this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }

  get total(): number {
    return OUTCOMES.reduce((sum, outcome) => sum + this.counts[outcome], 0);
  }
}

/** All requests of a run: together, by action, and those since somebody last looked. */
export class Statistics {
  readonly all = new Tally();
  readonly byAction = new Map<string, Tally>();
  #recent = new Tally();

  add(sample: Sample): void {
    this.all.add(sample);
    this.#recent.add(sample);
    let tally = this.byAction.get(sample.action);
    if (tally === undefined) this.byAction.set(sample.action, (tally = new Tally()));
    tally.add(sample);
  }

  /** The requests since the last call. */
  takeRecent(): Tally {
    const recent = this.#recent;
    this.#recent = new Tally();
    return recent;
  }
}
