/** What Prometheus saw of one colour of a workload within a window. */
export interface Measured {
  readonly requests: number;
  readonly errors: number;
  /** 95th percentile of the answers' time in seconds; absent where nothing was answered. */
  readonly p95Seconds?: number;
}

export type Verdict =
  | { readonly kind: "good"; readonly text: string }
  | { readonly kind: "bad"; readonly text: string }
  /** Too little traffic to judge, or nobody who measured. */
  | { readonly kind: "unknown"; readonly text: string };

/** Fewer requests of the new colour than this say nothing about it. */
export const MIN_REQUESTS = 20;
/** Fewer errors than this are chance. */
const MIN_ERRORS = 3;
/** Errors that are always allowed, as a share, and times the old colour's share beside them. */
const ERROR_SHARE = 0.01;
const ERROR_FACTOR = 2;
/** Answers are slow only above this, and only where they take longer than so many times the old colour's. */
const SLOW_SECONDS = 0.25;
const SLOW_FACTOR = 2;
/** Where the old colour has no times to compare with. */
const SLOW_ALONE_SECONDS = 1;

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

function milliseconds(seconds: number | undefined): string {
  return seconds === undefined ? "-" : `${Math.round(seconds * 1000)} ms`;
}

function ratio({ requests, errors }: Measured): number {
  return requests > 0 ? Math.min(1, errors / requests) : 0;
}

/**
 * Judges the new colour of a workload against what the old one did lately. `undefined`: Prometheus did not say.
 */
export function judge(candidate: Measured | undefined, active: Measured | undefined): Verdict {
  if (candidate === undefined) return { kind: "unknown", text: "cannot be judged: Prometheus does not answer" };
  const requests = Math.round(candidate.requests);
  if (requests < MIN_REQUESTS && candidate.errors < MIN_ERRORS)
    return { kind: "unknown", text: `too little traffic to judge: ${requests} requests, at least ${MIN_REQUESTS} are needed` };
  const own = ratio(candidate);
  const usual = active === undefined ? 0 : ratio(active);
  const seen = `${requests} requests, ${percent(own)} errors, p95 ${milliseconds(candidate.p95Seconds)}`;
  if (candidate.errors >= MIN_ERRORS && own > ERROR_SHARE + ERROR_FACTOR * usual)
    return { kind: "bad", text: `${percent(own)} of ${requests} requests fail; the old colour's share is ${percent(usual)}` };
  const slowest = active?.p95Seconds === undefined ? SLOW_ALONE_SECONDS : Math.max(SLOW_SECONDS, SLOW_FACTOR * active.p95Seconds);
  if (requests >= MIN_REQUESTS && candidate.p95Seconds !== undefined && candidate.p95Seconds > slowest)
    return { kind: "bad", text: `5 % of the answers take longer than ${milliseconds(candidate.p95Seconds)}; allowed are ${milliseconds(slowest)}` };
  return { kind: "good", text: seen };
}
