import { WINDOW_MS } from "./limit.ts";

/** What Redis says of a key's window. */
export interface SharedWindow {
  /** Requests that all gateways have let through or hold on lease. */
  readonly count: number;
  /** Part of `count` that is this gateway's. */
  readonly mine: number;
  /** Name of the window: when it ends by Redis' clock, ms. */
  readonly endsAtRedisMs: number;
  /** Milliseconds until then. */
  readonly leftMs: number;
  /** What this gateway had counted belongs to a window that is over. */
  readonly isNew: boolean;
}

/** A lease that was used up sooner was too small: asking for each request of somebody who clicks costs more than the request. */
const SOON_MS = 2_000;
/** One that lasted longer was too large. */
const ENOUGH_MS = 15_000;
const FIRST_LEASE = 4;
/** A gateway that dies takes so many requests of a window with it, and no more than Redis lends near a limit. */
const MAX_LEASE = 8_192;

/** A request that a lease has paid for. */
export interface Payment {
  /** It was refused after all: the lease has it back, if its window is still the same. */
  takeBack(): void;
}

/**
 * What this gateway knows of one key: how many requests it has let through in the window (`used`), how many more it may
 * let through without asking (`lease`, counted in Redis already), and what the other gateways have.
 */
export class KeyWindow {
  used = 0;
  lease = 0;
  #others = 0;
  /** 0: Redis has not been told of this window. */
  #endsAtRedisMs = 0;
  #endsAtMs: number;
  #wish = 0;
  #askedAtMs = -Infinity;
  /** Counts the windows that this key has had. */
  #windows = 0;

  constructor(nowMs: number) {
    this.#endsAtMs = nowMs + WINDOW_MS;
  }

  /** Requests in the window as far as this gateway knows; its own unused lease is free. */
  get count(): number {
    return this.#others + this.used;
  }

  resetMs(nowMs: number): number {
    return Math.max(0, this.#endsAtMs - nowMs);
  }

  /** Begins a new window where the old one is over. */
  renew(nowMs: number): void {
    if (nowMs < this.#endsAtMs) return;
    this.#windows += 1;
    this.used = 0;
    this.lease = 0;
    this.#others = 0;
    this.#endsAtRedisMs = 0;
    this.#endsAtMs = nowMs + WINDOW_MS;
  }

  /** End of the window by Redis' clock. @param offsetMs How far Redis' clock is ahead, for a window that it does not know. */
  endsAtRedisMs(offsetMs: number): number {
    if (this.#endsAtRedisMs !== 0) return this.#endsAtRedisMs;
    return this.used === 0 ? 0 : Math.round(this.#endsAtMs + offsetMs);
  }

  isOver(nowMs: number): boolean {
    return nowMs >= this.#endsAtMs;
  }

  /** Whether a request may be let through without asking Redis. */
  isPaid(nowMs: number): boolean {
    return this.lease > 0 && !this.isOver(nowMs);
  }

  /** Lets one request through that is paid for already. */
  spend(): void {
    this.used += 1;
    this.lease -= 1;
  }

  /** The same for a request that another limit may still refuse; undefined where no lease is left. */
  pay(nowMs: number): Payment | undefined {
    if (!this.isPaid(nowMs)) return undefined;
    this.spend();
    const window = this.#windows;
    return {
      takeBack: () => {
        if (window !== this.#windows) return;
        this.used -= 1;
        this.lease += 1;
      },
    };
  }

  /** Lets one more through without Redis, if this gateway's own count allows it; Redis is told when it answers again. */
  passAlone(max: number): boolean {
    if (this.lease === 0 && this.count >= max) return false;
    this.used += 1;
    if (this.lease > 0) this.lease -= 1;
    return true;
  }

  /** Takes back a request that another limit refused. */
  undo(): void {
    this.used = Math.max(0, this.used - 1);
  }

  /**
   * Size of the lease to ask for beside a request: nothing for a quiet key, twice as much where the last one was soon used up, the
   * same where it was not.
   */
  wishFor(nowMs: number): number {
    const sinceMs = nowMs - this.#askedAtMs;
    this.#askedAtMs = nowMs;
    if (sinceMs < SOON_MS) this.#wish = Math.min(MAX_LEASE, this.#wish === 0 ? FIRST_LEASE : this.#wish * 2);
    else if (sinceMs > ENOUGH_MS) this.#wish >>= 2;
    return this.#wish;
  }

  /** Takes over what Redis says. @param passed Requests that its answer lets through. */
  adopt(shared: SharedWindow, passed: number, nowMs: number): void {
    if (shared.isNew) {
      this.#windows += 1;
      this.used = 0;
    }
    this.used += passed;
    this.lease = Math.max(0, shared.mine - this.used);
    this.#others = Math.max(0, shared.count - shared.mine);
    this.#endsAtRedisMs = shared.endsAtRedisMs;
    this.#endsAtMs = nowMs + shared.leftMs;
  }
}
