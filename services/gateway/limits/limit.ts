/** One limit that a request falls under. */
export interface Limit {
  readonly scope: "user" | "service";
  /** What is counted; the same key always has the same `max`. */
  readonly key: string;
  /** Requests in a window, >= 1. */
  readonly max: number;
}

/** A limit after a request. */
export interface LimitState {
  readonly limit: Limit;
  /** Requests in the window, this one included if it was let through. */
  readonly count: number;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
}

export interface Decision {
  /** Absent: the request may pass. */
  readonly refusedBy: LimitState | undefined;
  /** What the caller is told of: the limit that refuses, else the first one. */
  readonly told: LimitState;
  /** `local`: Redis did not answer, this gateway decided by its own count. */
  readonly source: "shared" | "local";
}

/** A window starts with the first request of its key. */
export const WINDOW_MS = 60_000;
