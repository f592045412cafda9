/** Every time and size of the gateway; tests make them small. */
export interface GatewayTuning {
  /** Longest wait for a connection to an instance. */
  readonly connectMs: number;
  /** Longest wait from taking a request to the head of its answer, queueing included. */
  readonly answerMs: number;
  /** Longest pause within an answer's body. */
  readonly bodyPauseMs: number;
  readonly connectionsPerInstance: number;
  /** Tries of one request, the first included. */
  readonly attempts: number;
  readonly maxBodyBytes: number;
  /** Longest wait for the limiter's answer from Redis; past it the local limit decides. */
  readonly limiterMs: number;
  readonly breaker: BreakerTuning;
  readonly balance: BalanceTuning;
  readonly stale: StaleTuning;
  /** Data of the dashboard older than this is read anew. */
  readonly dashboardMs: number;
}

export interface BreakerTuning {
  /** Length of the window that failures are counted in. */
  readonly windowMs: number;
  /** Requests in the window below which it never opens. */
  readonly minimumRequests: number;
  /** Share of failures that opens it, (0, 100]. */
  readonly failurePercent: number;
  /** Time from opening to the trials, [30, 60] s in production (R-GW-4). */
  readonly resetMs: number;
  /** Requests that have to succeed in a row before it closes, and at most as many at once, >= 1. */
  readonly trials: number;
}

/** How instances are taken out, brought back and asked instead of each other. */
export interface BalanceTuning {
  /** Failed answers in a row after which an instance is taken out; a refused connection is enough at once. */
  readonly ejectAfter: number;
  /** Time from taking out to the first probe; it doubles with each time in a row. */
  readonly probeMs: number;
  readonly longestProbeMs: number;
  /** Time in which an instance that is new or came back grows to its full share; 0: it has it at once. */
  readonly slowStartMs: number;
  /** Wait for an answer before another instance is asked, where that is safe and there is one; below `answerMs`. */
  readonly firstTryMs: number;
  /** Retries as a share of the requests of the last 10 s, [0, 100] ... */
  readonly retryPercent: number;
  /** ... and so many a second in any case. */
  readonly retriesPerSecond: number;
}

/** Answers that are kept for the time in which a service cannot answer. */
export interface StaleTuning {
  /** Older answers are not given any more. */
  readonly maxAgeMs: number;
  /** An answer that is younger is not copied again. */
  readonly refreshMs: number;
  readonly maxEntries: number;
  /** Of all bodies together. */
  readonly maxBytes: number;
  /** Of one body. */
  readonly maxAnswerBytes: number;
}

export const GATEWAY_TUNING: GatewayTuning = {
  connectMs: 1_000,
  answerMs: 10_000,
  bodyPauseMs: 30_000,
  connectionsPerInstance: 256,
  attempts: 3,
  maxBodyBytes: 1_048_576,
  limiterMs: 50,
  breaker: { windowMs: 10_000, minimumRequests: 10, failurePercent: 50, resetMs: 30_000, trials: 3 },
  balance: { ejectAfter: 5, probeMs: 1_000, longestProbeMs: 30_000, slowStartMs: 10_000, firstTryMs: 4_000, retryPercent: 20, retriesPerSecond: 10 },
  stale: { maxAgeMs: 120_000, refreshMs: 1_000, maxEntries: 2_000, maxBytes: 16_777_216, maxAnswerBytes: 262_144 },
  dashboardMs: 4_000,
};
