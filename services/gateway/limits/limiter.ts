import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { Clock } from "../../base/clock.ts";
import { withDeadline } from "../../base/deadline.ts";
import type { KeyWindow, Payment } from "./key-window.ts";
import type { Decision, Limit, LimitState } from "./limit.ts";
import { type AskedKey, RedisWindows, type Reply, type SharedWindows } from "./shared-windows.ts";
import { WindowTable } from "./window-table.ts";

/** While Redis does not answer, it is asked in the background this often whether it is back. */
const PROBE_EVERY_MS = 250;
/** Requests in one question to Redis. */
const MAX_BATCH = 256;
/** First wait for others to give back what they do not use; it doubles. */
const RECALL_WAIT_MS = 2;

export interface LimiterOptions {
  readonly redis: Redis;
  readonly clock: Clock;
  /** Longest time to a decision, whatever Redis does. */
  readonly deadlineMs: number;
  /** @default windows in `redis`, under a name of this process alone */
  readonly shared?: SharedWindows;
}

interface Waiting {
  readonly limits: readonly Limit[];
  /** Those that Redis has to be asked for. */
  readonly asked: readonly Limit[];
  /** The others, whose leases have paid for it. */
  readonly paid: readonly Payment[];
  readonly sinceMs: number;
  tries: number;
  decide(decision: Decision): void;
}

/**
 * Limits that all gateways share, exactly: Redis decides, for all requests that came in together in one step. Where a
 * key is asked for often, Redis lends requests in advance, which then need no question; near the limit it lends nothing,
 * and whoever is about to be refused has the others give back first. While Redis does not answer, each gateway goes on
 * by its own count.
 */
export class Limiter {
  readonly #options: LimiterOptions;
  readonly #shared: SharedWindows;
  readonly #windows = new WindowTable();
  readonly #giveBack = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #waiting: Waiting[] = [];
  /** Keys of the question that is under way: their leases are with Redis. */
  #asked: ReadonlySet<string> | undefined;
  #scheduled = false;
  #isLocal = false;
  #offsetMs = 0;

  constructor(options: LimiterOptions) {
    this.#options = options;
    this.#shared = options.shared ?? new RedisWindows(options.redis, randomUUID());
  }

  /** Whether decisions are local for now. */
  get isLocal(): boolean {
    return this.#isLocal;
  }

  /**
   * Counts a request under all of its limits, or under none where one refuses. At once where leases allow it. Never rejects.
   * @param limits One or more.
   */
  hit(limits: readonly Limit[]): Decision | Promise<Decision> {
    const nowMs = this.#options.clock.now();
    const paid = this.#spend(limits, nowMs);
    if (paid !== undefined) return paid;
    if (this.#isLocal) return this.#decideAlone(limits, nowMs);
    return this.#wait(limits, nowMs);
  }

  /** Others are short of requests for a key: what is not used here goes back. @param key Empty: all keys. */
  recall(key: string): void {
    for (const one of key === "" ? this.#windows.leased() : [key]) {
      if (this.#asked?.has(one) === true || (this.#windows.find(one)?.lease ?? 0) > 0) this.#giveBack.add(one);
    }
    if (this.#giveBack.size > 0) this.#schedule();
  }

  /** Gives back all leases. Never rejects. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    const keys = this.#windows.leased().map((key) => this.#ask(key, true));
    if (keys.length === 0 || this.#isLocal) return;
    await withDeadline("limiter", this.#options.deadlineMs, this.#shared.ask({ keys, requests: [], isFinal: true })).catch(() => undefined);
  }

  /** Lets a request through by leases; undefined where one is missing. */
  #spend(limits: readonly Limit[], nowMs: number): Decision | undefined {
    const windows: KeyWindow[] = [];
    for (const limit of limits) {
      const window = this.#windows.find(limit.key);
      if (window === undefined || !window.isPaid(nowMs)) return undefined;
      windows.push(window);
    }
    for (const window of windows) window.spend();
    const [limit, window] = [limits[0], windows[0]];
    return limit === undefined || window === undefined ? undefined : { refusedBy: undefined, told: stateOf(limit, window, nowMs), source: "shared" };
  }

  /** Asks Redis for those limits of which no lease is left; the leases of the others stay in use meanwhile. */
  #wait(limits: readonly Limit[], nowMs: number): Promise<Decision> {
    const asked: Limit[] = [];
    const paid: Payment[] = [];
    for (const limit of limits) {
      const payment = this.#windows.find(limit.key)?.pay(nowMs);
      if (payment === undefined) asked.push(limit);
      else paid.push(payment);
    }
    return new Promise((decide) => {
      this.#waiting.push({ limits, asked, paid, sinceMs: nowMs, tries: 0, decide });
      this.#schedule();
    });
  }

  #state(limit: Limit, nowMs: number): LimitState {
    return stateOf(limit, this.#windows.of(limit.key, nowMs), nowMs);
  }

  #schedule(): void {
    if (this.#scheduled || this.#asked !== undefined) return;
    this.#scheduled = true;
    // At the end of this turn: whatever arrived together goes together.
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#asked === undefined) void this.#askRedis();
    });
  }

  async #askRedis(): Promise<void> {
    const { clock, deadlineMs } = this.#options;
    const nowMs = clock.now();
    const batch = this.#waiting.splice(0, MAX_BATCH);
    const maxOf = new Map<string, number>();
    for (const { asked } of batch) for (const limit of asked) maxOf.set(limit.key, limit.max);
    const back = new Set(this.#giveBack);
    this.#giveBack.clear();
    for (const key of back) if (!maxOf.has(key)) maxOf.set(key, 0);
    if (maxOf.size === 0) return;
    const oldestMs = batch.reduce((oldest, one) => Math.min(oldest, one.sinceMs), nowMs);
    const names = [...maxOf.keys()];
    const keys = names.map((key) => this.#ask(key, back.has(key), maxOf.get(key)));
    const positions = new Map(names.map((key, index) => [key, index]));
    const requests = batch.map(({ asked }) => asked.map((limit) => positions.get(limit.key) ?? 0));
    this.#asked = new Set(names);
    try {
      // Whoever was made to wait for leases of others is refused in time.
      const isFinal = nowMs - oldestMs > deadlineMs / 2;
      const leftMs = Math.max(1, deadlineMs - (nowMs - oldestMs));
      const reply = await withDeadline("limiter", leftMs, this.#shared.ask({ keys, requests, isFinal }));
      this.#adopt(batch, keys, reply);
    } catch {
      keys.forEach(({ key, lease }) => (this.#windows.of(key, nowMs).lease += lease));
      this.#goAlone(batch);
    } finally {
      this.#asked = undefined;
      if (this.#waiting.length > 0 || this.#giveBack.size > 0) this.#schedule();
    }
  }

  /** What to tell Redis of a key. Its lease travels with the question and comes back with the answer. */
  #ask(key: string, giveBack: boolean, max = 0): AskedKey {
    const nowMs = this.#options.clock.now();
    const window = this.#windows.of(key, nowMs);
    window.renew(nowMs);
    const { used } = window;
    const endsAtRedisMs = window.endsAtRedisMs(this.#offsetMs);
    const lease = giveBack ? 0 : window.lease;
    window.lease = 0;
    return { key, used, lease, endsAtRedisMs, max, wish: giveBack ? 0 : window.wishFor(nowMs) };
  }

  #adopt(batch: readonly Waiting[], keys: readonly AskedKey[], { verdicts, windows }: Reply): void {
    const nowMs = this.#options.clock.now();
    const passed = new Map<string, number>();
    batch.forEach(({ asked }, index) => {
      if (verdicts[index] === 0) for (const { key } of asked) passed.set(key, (passed.get(key) ?? 0) + 1);
    });
    keys.forEach(({ key }, index) => {
      const shared = windows[index];
      if (shared === undefined) return;
      this.#windows.of(key, nowMs).adopt(shared, passed.get(key) ?? 0, nowMs);
      this.#offsetMs = shared.endsAtRedisMs - shared.leftMs - nowMs;
    });
    batch.forEach((waiting, index) => {
      const verdict = verdicts[index] ?? 0;
      if (verdict < 0) return this.#askAgain(waiting);
      if (verdict === 0) return waiting.decide({ refusedBy: undefined, told: this.#state(waiting.limits[0] as Limit, nowMs), source: "shared" });
      for (const payment of waiting.paid) payment.takeBack();
      const refusedBy = this.#state(waiting.asked[verdict - 1] as Limit, nowMs);
      waiting.decide({ refusedBy, told: refusedBy, source: "shared" });
    });
  }

  #askAgain(waiting: Waiting): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#waiting.push(waiting);
      this.#schedule();
    }, RECALL_WAIT_MS * 2 ** waiting.tries);
    this.#timers.add(timer);
    waiting.tries += 1;
  }

  #goAlone(batch: readonly Waiting[]): void {
    const all = [...batch, ...this.#waiting];
    this.#waiting = [];
    if (!this.#isLocal) {
      this.#isLocal = true;
      this.#probeLater();
    }
    const nowMs = this.#options.clock.now();
    for (const { limits, paid, decide } of all) {
      for (const payment of paid) payment.takeBack();
      decide(this.#decideAlone(limits, nowMs));
    }
  }

  #probeLater(): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      withDeadline("limiter", this.#options.deadlineMs, this.#shared.ping()).then(
        () => (this.#isLocal = false),
        () => this.#probeLater(),
      );
    }, PROBE_EVERY_MS).unref();
    this.#timers.add(timer);
  }

  #decideAlone(limits: readonly Limit[], nowMs: number): Decision {
    const counted: Limit[] = [];
    for (const limit of limits) {
      const window = this.#windows.of(limit.key, nowMs);
      window.renew(nowMs);
      if (window.passAlone(limit.max)) {
        counted.push(limit);
        continue;
      }
      for (const { key } of counted) this.#windows.of(key, nowMs).undo();
      const refusedBy = { limit, count: window.count, resetMs: window.resetMs(nowMs) };
      return { refusedBy, told: refusedBy, source: "local" };
    }
    return { refusedBy: undefined, told: this.#state(limits[0] as Limit, nowMs), source: "local" };
  }
}

function stateOf(limit: Limit, window: KeyWindow, nowMs: number): LimitState {
  return { limit, count: Math.min(limit.max, window.count), resetMs: window.resetMs(nowMs) };
}
