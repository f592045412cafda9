import type { Clock } from "../../base/clock.ts";

/** A key's window after a request. */
export interface WindowState {
  readonly allowed: boolean;
  /** Requests in the window, this one included if it was allowed. */
  readonly count: number;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
}

interface Window {
  count: number;
  endsAtMs: number;
  /** Requests that Redis has not been told of. */
  owed: number;
}

const MAX_KEYS = 50_000;

/** Fixed windows in memory, each from its key's first request. Mirrors Redis, and decides while Redis is away. */
export class LocalWindows {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** Counts a request against the local window. A refused one is not counted. */
  hit(key: string, limit: number): WindowState {
    const now = this.#clock.now();
    const window = this.#open(key, now);
    const allowed = window.count < limit;
    if (allowed) {
      window.count += 1;
      window.owed += 1;
    }
    return { allowed, count: window.count, resetMs: window.endsAtMs - now };
  }

  /** Takes back a request that another limit refused. */
  undo(key: string): void {
    const window = this.#windows.get(key);
    if (window === undefined || window.owed === 0) return;
    window.count -= 1;
    window.owed -= 1;
  }

  /** Requests that were counted here alone; whoever takes them tells Redis. */
  takeOwed(key: string): number {
    const window = this.#windows.get(key);
    if (window === undefined || window.endsAtMs <= this.#clock.now()) return 0;
    const owed = window.owed;
    window.owed = 0;
    return owed;
  }

  /** Redis was not told after all: the requests are owed again. */
  owe(key: string, requests: number): void {
    const window = this.#windows.get(key);
    if (window !== undefined) window.owed += requests;
  }

  /** Redis has counted a request after all that was also counted here. */
  settle(key: string): void {
    const window = this.#windows.get(key);
    if (window !== undefined && window.owed > 0) window.owed -= 1;
  }

  /** Remembers what Redis says, so that a loss of Redis goes on from there. */
  adopt(key: string, count: number, resetMs: number): void {
    const now = this.#clock.now();
    const window = this.#open(key, now);
    window.count = count + window.owed;
    window.endsAtMs = now + resetMs;
  }

  #open(key: string, now: number): Window {
    const known = this.#windows.get(key);
    if (known !== undefined && known.endsAtMs > now) return known;
    if (known === undefined && this.#windows.size >= MAX_KEYS) this.#makeRoom(now);
    const window = { count: 0, endsAtMs: now + this.#windowMs, owed: 0 };
    this.#windows.set(key, window);
    return window;
  }

  #makeRoom(now: number): void {
    for (const [key, window] of this.#windows) if (window.endsAtMs <= now) this.#windows.delete(key);
    for (const key of this.#windows.keys()) {
      if (this.#windows.size < MAX_KEYS) return;
      this.#windows.delete(key);
    }
  }
}
