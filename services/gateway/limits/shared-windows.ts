import type { Redis } from "ioredis";
import { RedisScript } from "../../base/redis/script.ts";
import type { SharedWindow } from "./key-window.ts";
import { WINDOW_MS } from "./limit.ts";

/** Announces a key whose limit is reached while other gateways hold a lease on it: they give back what is unused. */
export const RECALL_CHANNEL = "astra:limit:recall";
const PREFIX = "astra:limit:";
/** A window that ends sooner by Redis' clock is not worth restoring: it may have ended while the question travelled. */
const RESTORE_MS = 500;
/** No lease is larger than this share of what is left, so that it gets small near the limit. */
const LEASE_SHARE = 8;

// Each key is a hash: `n` requests counted for all gateways, leases included; `e` end of the window; `l` sum of all
// leases; for each gateway `<id>` its part of `n` and `l:<id>` its lease. It lives as long as its window.
// A gateway says what it has (used, lease) and not what changed, so that a lost answer, a Redis that was emptied and
// requests that were let through without Redis are all put right by the next question.
// ARGV: gateway, is last try, number of keys; used, lease, end of window, max, wish for each key; then the requests:
// number of their keys and which. Answers: verdict of each request (0: pass, k: refused by its k-th key, -1: ask again,
// others give back), then count, mine, end, left and "is new" for each key.
const SYNC = new RedisScript(`
local gateway, final, keys = ARGV[1], ARGV[2] == '1', tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local windows = {}
for i = 1, keys do
  local at = 5 * i - 1
  local used, lease, ends = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local stored = redis.call('HMGET', KEYS[i], 'n', 'e', 'l', gateway, 'l:' .. gateway)
  local w = { max = tonumber(ARGV[at + 3]), wish = tonumber(ARGV[at + 4]), absent = not stored[1], new = 0, dirty = false }
  w.n, w.e, w.lent = tonumber(stored[1] or 0), tonumber(stored[2] or 0), tonumber(stored[3] or 0)
  w.mine, w.lease = tonumber(stored[4] or 0), tonumber(stored[5] or 0)
  local open = ends > now + ${RESTORE_MS}
  if w.absent then w.e = open and math.min(ends, now + ${WINDOW_MS}) or now + ${WINDOW_MS} end
  if (not w.absent and w.e == ends) or open then
    local have = used + lease
    if have ~= w.mine or lease ~= w.lease then
      w.n = w.n + have - w.mine
      w.lent = math.max(0, w.lent + lease - w.lease)
      w.mine, w.lease, w.dirty = have, lease, true
    end
  elseif used > 0 or lease > 0 or w.absent then
    w.new = 1
  end
  windows[i] = w
end
local answer = {}
local at = 4 + 5 * keys
while ARGV[at] do
  local size = tonumber(ARGV[at])
  local verdict = 0
  for k = 1, size do
    local w = windows[tonumber(ARGV[at + k])]
    if w.n - w.lease >= w.max then
      verdict = k
      if w.lent > w.lease then
        if final then w.lent, w.dirty = w.lease, true else verdict, w.recall = -1, true end
      end
      break
    end
  end
  if verdict == 0 then
    for k = 1, size do
      local w = windows[tonumber(ARGV[at + k])]
      if w.lease > 0 then w.lease, w.lent = w.lease - 1, math.max(0, w.lent - 1) else w.n, w.mine = w.n + 1, w.mine + 1 end
      w.dirty = true
    end
  end
  answer[#answer + 1] = verdict
  at = at + size + 1
end
for i = 1, keys do
  local w, key = windows[i], KEYS[i]
  local extra = math.min(w.wish, math.floor((w.max - w.n) / ${LEASE_SHARE}))
  if extra > 0 then
    w.n, w.mine, w.lease, w.lent, w.dirty = w.n + extra, w.mine + extra, w.lease + extra, w.lent + extra, true
  end
  if w.dirty and (w.n > 0 or not w.absent) then
    redis.call('HSET', key, 'n', w.n, 'e', w.e, 'l', w.lent, gateway, w.mine, 'l:' .. gateway, w.lease)
    if w.absent then redis.call('PEXPIREAT', key, w.e) end
  end
  if w.recall then redis.call('PUBLISH', '${RECALL_CHANNEL}', string.sub(key, ${PREFIX.length + 1})) end
  for _, value in ipairs({ w.n, w.mine, w.e, w.e - now, w.new }) do answer[#answer + 1] = value end
end
return answer`);

/** One key in a question to Redis. */
export interface AskedKey {
  readonly key: string;
  readonly used: number;
  readonly lease: number;
  readonly endsAtRedisMs: number;
  readonly max: number;
  readonly wish: number;
}

export interface Question {
  readonly keys: readonly AskedKey[];
  /** Each request by the positions of its keys. */
  readonly requests: readonly (readonly number[])[];
  /** Refuse instead of asking others once more to give back their leases. */
  readonly isFinal: boolean;
}

/** 0: it may pass; k from 1: the k-th of its limits refuses; -1: ask again in a moment. */
export type Verdict = number;

export interface Reply {
  readonly verdicts: readonly Verdict[];
  readonly windows: readonly SharedWindow[];
}

/** The windows that all gateways share. */
export interface SharedWindows {
  /** Decides all requests of a question in one step. */
  ask(question: Question): Promise<Reply>;
  /** Rejects while nobody answers. */
  ping(): Promise<unknown>;
}

/** The shared windows in Redis: one script call for a whole question. */
export class RedisWindows implements SharedWindows {
  readonly #redis: Redis;
  readonly #gateway: string;

  /** `gateway`: name of this process, never used by another one. */
  constructor(redis: Redis, gateway: string) {
    this.#redis = redis;
    this.#gateway = gateway;
  }

  async ask({ keys, requests, isFinal }: Question): Promise<Reply> {
    const args: (string | number)[] = [this.#gateway, isFinal ? 1 : 0, keys.length];
    for (const key of keys) args.push(key.used, key.lease, key.endsAtRedisMs, key.max, key.wish);
    for (const request of requests) args.push(request.length, ...request.map((position) => position + 1));
    const names = keys.map((key) => PREFIX + key.key);
    const answer = (await SYNC.run(this.#redis, names, args)) as number[];
    const windows = keys.map((_, index) => {
      const [count = 0, mine = 0, endsAtRedisMs = 0, leftMs = 0, isNew = 0] = answer.slice(requests.length + 5 * index, requests.length + 5 * index + 5);
      return { count, mine, endsAtRedisMs, leftMs, isNew: isNew === 1 };
    });
    return { verdicts: answer.slice(0, requests.length), windows };
  }

  ping(): Promise<unknown> {
    return this.#redis.ping();
  }
}
