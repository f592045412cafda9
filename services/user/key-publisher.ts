import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { JWKS_KEY } from "../base/auth/tokens.ts";
import type { KeyRing } from "./key-ring.ts";

/** How long Redis may be without the keys after it has lost them without a reconnect (a FLUSHALL). */
const REPUBLISH_MS = 5_000;

/** Keeps the public keys in Redis, where every service finds them. Redis may lose them at any time. */
export class KeyPublisher {
  readonly #redis: Redis;
  readonly #keys: KeyRing;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  readonly #onReady = (): void => void this.publish();

  constructor(options: { readonly redis: Redis; readonly keys: KeyRing; readonly log: Logger }) {
    this.#redis = options.redis;
    this.#keys = options.keys;
    this.#log = options.log;
  }

  /** Publishes now, every 5 s, and each time that Redis has come back. */
  async start(): Promise<void> {
    this.#redis.on("ready", this.#onReady);
    this.#timer = setInterval(this.#onReady, REPUBLISH_MS);
    this.#timer.unref();
    await this.publish();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#redis.off("ready", this.#onReady);
  }

  /** Never fails: whoever verifies goes on with the keys it knows, and the next round comes soon. */
  async publish(): Promise<void> {
    try {
      await this.#redis.set(JWKS_KEY, JSON.stringify({ keys: await this.#keys.publicKeys() }));
    } catch (error) {
      this.#log.warn({ err: error }, "cannot publish the token keys to Redis now; trying again");
    }
  }
}
