/** How long to wait before the next try. */
export interface Backoff {
  /** After the first failure, ms. */
  readonly firstMs: number;
  /** Never longer, ms. */
  readonly maxMs: number;
}

/** Wait after the n-th failure in a row (from 1), ms: doubles each time up to the maximum. */
export function backoffMs(backoff: Backoff, failures: number): number {
  return Math.min(backoff.maxMs, backoff.firstMs * 2 ** (Math.max(1, failures) - 1));
}
