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
  /** Time from opening to the trial, [30, 60] s in production (R-GW-4). */
  readonly resetMs: number;
}

export const GATEWAY_TUNING: GatewayTuning = {
  connectMs: 1_000,
  answerMs: 10_000,
  bodyPauseMs: 30_000,
  connectionsPerInstance: 256,
  attempts: 3,
  maxBodyBytes: 1_048_576,
  limiterMs: 50,
  breaker: { windowMs: 10_000, minimumRequests: 10, failurePercent: 50, resetMs: 30_000 },
  dashboardMs: 4_000,
};
