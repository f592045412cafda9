import type { Redis } from "ioredis";
import type { Clock } from "../clock.ts";
import { REVOKED_KEY } from "./tokens.ts";

/** What the channel has told is in memory at once; this is for a connection that died without saying so. */
const REFRESH_EVERY_MS = 15_000;

/**
 * Sessions that ended before their tokens expired, in memory: asking costs no round trip. Redis tells of each at once,
 * and everything is read again after a reconnect. While Redis is away the ones that are known stay known, and new ones
 * are not heard of: a token then holds until it expires.
 */
export class RevokedSessions {
  readonly #redis: Pick<Redis, "zrangebyscore">;
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();
  #triedAtMs = -Infinity;
  #first: Promise<void> | undefined;

  constructor(redis: Pick<Redis, "zrangebyscore">, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
  }

  /** Whether the session has ended. Only the very first question waits for Redis. */
  async has(sessionId: string): Promise<boolean> {
    this.#first ??= this.refresh();
    await this.#first;
    if (this.#clock.now() - this.#triedAtMs > REFRESH_EVERY_MS) void this.refresh();
    return this.#untilMs.has(sessionId);
  }

  /** A message of the channel; an empty one means that some may have been missed. */
  hear(message: string): void {
    if (message === "") {
      void this.refresh();
      return;
    }
    for (const [sessionId, untilMs] of parseMessage(message)) this.#untilMs.set(sessionId, untilMs);
  }

  /** Reads all of them. Never fails, and forgets only those whose tokens have expired: Redis may have lost the rest. */
  async refresh(): Promise<void> {
    const now = this.#clock.now();
    this.#triedAtMs = now;
    for (const [sessionId, untilMs] of this.#untilMs) if (untilMs < now) this.#untilMs.delete(sessionId);
    try {
      const flat = await this.#redis.zrangebyscore(REVOKED_KEY, now, "+inf", "WITHSCORES");
      for (let index = 0; index + 1 < flat.length; index += 2) this.#untilMs.set(String(flat[index]), Number(flat[index + 1]));
    } catch {
      // The next reconnect or the next round reads them.
    }
  }
}

function parseMessage(message: string): readonly (readonly [string, number])[] {
  try {
    const parsed: unknown = JSON.parse(message);
    if (!Array.isArray(parsed)) return [];
    return parsed.flatMap((one: unknown) =>
      Array.isArray(one) && typeof one[0] === "string" && typeof one[1] === "number" ? [[one[0], one[1]] as const] : [],
    );
  } catch {
    return [];
  }
}
