import type { Clock } from "../../base/clock.ts";

const BUCKET_MS = 1_000;
const BUCKETS = 10;

interface Bucket {
  stamp: number;
  requests: number;
  retries: number;
}

/**
 * Limits retries to a share of the traffic of the last 10 s, and a small number for times of little traffic: when
 * a service is in trouble, retries must not make it worse.
 */
export class RetryBudget {
  readonly #clock: Clock;
  readonly #share: number;
  readonly #perSecond: number;
  readonly #buckets: Bucket[] = Array.from({ length: BUCKETS }, () => ({ stamp: -1, requests: 0, retries: 0 }));

  /** `percent`: retries for 100 requests, [0, 100]; `perSecond`: retries in any case, averaged over the 10 s. */
  constructor(clock: Clock, percent: number, perSecond: number) {
    this.#clock = clock;
    this.#share = percent / 100;
    this.#perSecond = perSecond;
  }

  /** Counts a request that came from a caller. */
  request(): void {
    this.#now().requests += 1;
  }

  /** Takes one retry; false where the budget is used up. */
  take(): boolean {
    const bucket = this.#now();
    const oldest = bucket.stamp - BUCKETS;
    let requests = 0;
    let retries = 0;
    for (const each of this.#buckets) {
      if (each.stamp <= oldest) continue;
      requests += each.requests;
      retries += each.retries;
    }
    if (retries + 1 > requests * this.#share + this.#perSecond * BUCKETS) return false;
    bucket.retries += 1;
    return true;
  }

  #now(): Bucket {
    const stamp = Math.floor(this.#clock.now() / BUCKET_MS);
    const bucket = this.#buckets[stamp % BUCKETS] as Bucket;
    if (bucket.stamp !== stamp) {
      bucket.stamp = stamp;
      bucket.requests = 0;
      bucket.retries = 0;
    }
    return bucket;
  }
}
