import type { Redis } from "ioredis";
import type { Clock } from "../clock.ts";
import { RedisScript } from "../redis/script.ts";
import { readerKey } from "./keys.ts";

const HOLD = new RedisScript(`
local holder = redis.call("GET", KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
return holder and 2 or 1`);

const LEAVE = new RedisScript(`if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`);

/** `taken`: it is ours from now on, and what others were given has to be taken over first. */
export type Hold = "held" | "taken" | "another's";

/**
 * Which one of all instances reads a group's events. Two that read at a time would handle events of one aggregate at a
 * time, in any order. Who holds it and is not heard of loses it; the inbox keeps both from doing the same thing twice.
 */
export class ReaderLease {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #instance: string;
  readonly #leaseMs: number;
  readonly #clock: Clock;
  #held = false;
  #renewAt = 0;

  /** After `leaseMs` another may take over from one that is not heard of. */
  constructor(redis: Redis, group: string, instance: string, leaseMs: number, clock: Clock) {
    this.#redis = redis;
    this.#key = readerKey(group);
    this.#instance = instance;
    this.#leaseMs = leaseMs;
    this.#clock = clock;
  }

  /** Whether it was ours when it was last asked for. */
  get held(): boolean {
    return this.#held;
  }

  /** Keeps it, or takes it where nobody has it. Redis is asked three times in its life, and by who has it not each time. */
  async hold(): Promise<Hold> {
    const now = this.#clock.now();
    if (this.#held && now < this.#renewAt) return "held";
    const answer = Number(await HOLD.run(this.#redis, [this.#key], [this.#instance, this.#leaseMs]));
    // After a restart under the same name it may be ours still, and what we were given is not in memory.
    const hold = answer === 0 ? "another's" : answer === 2 && this.#held ? "held" : "taken";
    this.#held = hold !== "another's";
    this.#renewAt = now + this.#leaseMs / 3;
    return hold;
  }

  /** It may be anybody's now: Redis has failed. */
  forget(): void {
    this.#held = false;
  }

  /** Lets another have it at once. */
  async leave(): Promise<void> {
    if (!this.#held) return;
    this.#held = false;
    await LEAVE.run(this.#redis, [this.#key], [this.#instance]);
  }
}
