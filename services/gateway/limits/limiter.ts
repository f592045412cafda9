import type { Redis } from "ioredis";
import type { Clock } from "../../base/clock.ts";
import { withDeadline } from "../../base/deadline.ts";
import { RedisScript } from "../../base/redis/script.ts";
import { LocalWindows, type WindowState } from "./local-windows.ts";

/** One limit that a request falls under. */
export interface Limit {
  readonly scope: "user" | "service";
  readonly key: string;
  /** Requests in a window, >= 1. */
  readonly max: number;
}

export interface LimitState extends WindowState {
  readonly limit: Limit;
}

export interface Decision {
  readonly refusedBy: LimitState | undefined;
  readonly states: readonly LimitState[];
  readonly source: "redis" | "local";
}

export const WINDOW_MS = 60_000;
/** After a failure Redis is left alone for this long, so that not every request waits for it. */
const AWAY_MS = 500;

// Counts a request under all of its limits, or under none where one of them refuses. A window starts with the first
// request of its key. Args: window ms, then limit and owed count of each key. Answers: index of the refusing key or 0,
// then count and remaining ms of each key.
const HIT = new RedisScript(`
local refused = 0
local counts = {}
for i, key in ipairs(KEYS) do
  local owed = tonumber(ARGV[2 * i + 1])
  local count = tonumber(redis.call('GET', key) or '0')
  if owed > 0 then count = redis.call('INCRBY', key, owed) end
  counts[i] = count
  if refused == 0 and count >= tonumber(ARGV[2 * i]) then refused = i end
end
local answer = {refused}
for i, key in ipairs(KEYS) do
  if refused == 0 then counts[i] = redis.call('INCR', key) end
  local left = redis.call('PTTL', key)
  if left < 0 and counts[i] > 0 then
    redis.call('PEXPIRE', key, ARGV[1])
    left = tonumber(ARGV[1])
  end
  answer[2 * i] = counts[i]
  answer[2 * i + 1] = left
end
return answer`);

export interface LimiterOptions {
  readonly redis: Redis;
  readonly clock: Clock;
  /** Longest wait for Redis. */
  readonly deadlineMs: number;
}

/** Limits that all gateways share by Redis; while it is away or slow, each gateway goes on by its own count. */
export class Limiter {
  readonly #options: LimiterOptions;
  readonly #local: LocalWindows;
  #awayUntilMs = 0;

  constructor(options: LimiterOptions) {
    this.#options = options;
    this.#local = new LocalWindows(options.clock, WINDOW_MS);
  }

  /** Whether decisions are local for now. */
  get isLocal(): boolean {
    return this.#awayUntilMs > this.#options.clock.now();
  }

  /** Counts a request under its limits. Never rejects, and answers within the deadline. */
  async hit(limits: readonly Limit[]): Promise<Decision> {
    if (limits.length === 0) return { refusedBy: undefined, states: [], source: "local" };
    if (this.isLocal) return this.#hitLocal(limits);
    const owed = limits.map((limit) => this.#local.takeOwed(limit.key));
    const asked = this.#ask(limits, owed);
    try {
      return this.#fromRedis(limits, await withDeadline("limiter", this.#options.deadlineMs, asked));
    } catch {
      this.#awayUntilMs = this.#options.clock.now() + AWAY_MS;
      const decision = this.#hitLocal(limits);
      this.#reconcile(limits, owed, asked, decision.refusedBy === undefined);
      return decision;
    }
  }

  /** A late answer means that Redis has counted the request too; an error that it heard of nothing. */
  #reconcile(limits: readonly Limit[], owed: readonly number[], asked: Promise<readonly number[]>, countedHere: boolean): void {
    asked.then(
      (answer) => {
        if (answer[0] === 0 && countedHere) for (const limit of limits) this.#local.settle(limit.key);
        this.#fromRedis(limits, answer);
      },
      () => limits.forEach((limit, index) => this.#local.owe(limit.key, owed[index] ?? 0)),
    );
  }

  async #ask(limits: readonly Limit[], owed: readonly number[]): Promise<readonly number[]> {
    const keys = limits.map((limit) => `astra:limit:${limit.key}`);
    const args = limits.flatMap((limit, index) => [limit.max, owed[index] ?? 0]);
    return (await HIT.run(this.#options.redis, keys, [WINDOW_MS, ...args])) as number[];
  }

  #fromRedis(limits: readonly Limit[], answer: readonly number[]): Decision {
    const refused = answer[0] ?? 0;
    const states = limits.map((limit, index) => {
      const count = answer[2 * index + 1] ?? 0;
      const resetMs = Math.max(0, answer[2 * index + 2] ?? WINDOW_MS);
      if (count > 0) this.#local.adopt(limit.key, count, resetMs);
      return { limit, count, resetMs, allowed: refused !== index + 1 };
    });
    return { refusedBy: refused === 0 ? undefined : states[refused - 1], states, source: "redis" };
  }

  #hitLocal(limits: readonly Limit[]): Decision {
    const states: LimitState[] = [];
    for (const limit of limits) {
      const state = { limit, ...this.#local.hit(limit.key, limit.max) };
      states.push(state);
      if (state.allowed) continue;
      for (const earlier of states.slice(0, -1)) this.#local.undo(earlier.limit.key);
      return { refusedBy: state, states, source: "local" };
    }
    return { refusedBy: undefined, states, source: "local" };
  }
}
