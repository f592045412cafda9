import type { Redis } from "ioredis";
import type { Logger } from "pino";

/** How long Redis may be without something after it has lost it without a reconnect (a FLUSHALL). */
const REPEAT_MS = 5_000;

/** Does a piece of work now, every 5 s, and each time that Redis has come back, since Redis may lose everything at any time. */
export class RedisUpkeep {
  readonly #redis: Redis;
  readonly #log: Logger;
  readonly #what: string;
  readonly #work: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  readonly #onReady = (): void => void this.now();

  constructor(options: {
    readonly redis: Redis;
    readonly log: Logger;
    /** Names the work in the log: "publish the token keys". */
    readonly what: string;
    readonly work: () => Promise<void>;
  }) {
    this.#redis = options.redis;
    this.#log = options.log;
    this.#what = options.what;
    this.#work = options.work;
  }

  async start(): Promise<void> {
    this.#redis.on("ready", this.#onReady);
    this.#timer = setInterval(this.#onReady, REPEAT_MS);
    this.#timer.unref();
    await this.now();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#redis.off("ready", this.#onReady);
  }

  /** Never fails: the next round comes soon. */
  async now(): Promise<void> {
    try {
      await this.#work();
    } catch (error) {
      this.#log.warn({ err: error }, `cannot ${this.#what} now; trying again`);
    }
  }
}
