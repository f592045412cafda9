import type { Redis } from "ioredis";
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import type { Clock } from "../clock.ts";
import { Problem } from "../problem.ts";
import { JWKS_KEY } from "./tokens.ts";

/** Unknown keys cannot make every request ask Redis. */
const RELOAD_AT_MOST_EVERY_MS = 1000;
/** A withdrawn key is forgotten after this. */
const STALE_AFTER_MS = 300_000;

/** The published signing keys, in memory. */
export class KeyStore {
  readonly #redis: Redis;
  readonly #clock: Clock;
  #keys: JWTVerifyGetKey | undefined;
  #loadedAtMs = 0;
  #triedAtMs = 0;
  #loading: Promise<void> | undefined;
  #generation = 0;

  constructor(redis: Redis, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
  }

  /** Counts the sets of keys: what was verified by an older one is verified again. */
  get generation(): number {
    return this.#generation;
  }

  /** @throws Problem `keys-unavailable` (503) where no keys were ever read. */
  async keys(): Promise<JWTVerifyGetKey> {
    if (this.#keys === undefined) await this.#reload(true);
    else if (this.#clock.now() - this.#loadedAtMs > STALE_AFTER_MS) void this.#reload(false);
    if (this.#keys === undefined) {
      throw new Problem({ status: 503, code: "keys-unavailable", title: "Tokens cannot be checked now", retryAfterSeconds: 1 });
    }
    return this.#keys;
  }

  /** Reads the keys again because one is unknown. @returns false where that was tried a moment ago. */
  async reload(): Promise<boolean> {
    return this.#reload(false);
  }

  /** Reads the keys now: they were said to have changed. */
  async refresh(): Promise<void> {
    // What is being read at this moment may be what was there before.
    await this.#loading;
    await this.#reload(true);
  }

  async #reload(force: boolean): Promise<boolean> {
    if (this.#loading) {
      await this.#loading;
      return true;
    }
    const now = this.#clock.now();
    if (!force && now - this.#triedAtMs < RELOAD_AT_MOST_EVERY_MS) return false;
    this.#triedAtMs = now;
    this.#loading = this.#load(now).finally(() => (this.#loading = undefined));
    await this.#loading;
    return true;
  }

  async #load(nowMs: number): Promise<void> {
    try {
      const json = await this.#redis.get(JWKS_KEY);
      if (json === null) return;
      this.#keys = createLocalJWKSet(JSON.parse(json) as JSONWebKeySet);
      this.#loadedAtMs = nowMs;
      this.#generation += 1;
    } catch {
      // Redis away or the keys unreadable: the ones in memory serve.
    }
  }
}
