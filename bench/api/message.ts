/** What the bench asks of its generator. */
export type Order =
  | { readonly kind: "enrol"; readonly origin: string; readonly users: number; readonly run: string; readonly connections: number }
  | { readonly kind: "load"; readonly perSecond: number; readonly seconds: number; readonly warmUpSeconds: number };

/** What it answers: to `enrol` how many users there are, to `load` what came of it. */
export type Answer = { readonly enrolled: number } | LoadAnswer;

export interface LoadAnswer {
  /** Orders of the measured time; those of the warm-up do not count, except in `sentInAll` and `okInAll`. */
  readonly sent: number;
  readonly ok: number;
  readonly sentInAll: number;
  readonly okInAll: number;
  readonly notOk: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Until the last answer of what was due in the measured time, from its beginning, seconds. */
  readonly tookSeconds: number;
}
