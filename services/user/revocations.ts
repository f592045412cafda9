import type { Redis } from "ioredis";
import { REVOKED_CHANNEL, REVOKED_KEY } from "../base/auth/tokens.ts";
import type { Clock } from "../base/clock.ts";
import type { Database } from "../base/postgres/database.ts";
import { type EndedSession, sessionsEndedSince } from "./sessions-store.ts";
import { TOKEN_LIFETIME_SECONDS } from "./token.ts";

/** Verifiers' clocks differ; a session is held revoked this much longer than its last token lives. */
const MARGIN_MS = 60_000;
const LIFETIME_MS = TOKEN_LIFETIME_SECONDS * 1000 + MARGIN_MS;

interface Parts {
  readonly redis: Redis;
  readonly database: Database;
  readonly clock: Clock;
}

/** Tells all services which sessions have ended. The database is what counts; Redis carries the news. */
export class Revocations {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Tells of sessions that ended just now; a token of theirs is refused everywhere as soon as the message has arrived. */
  async tell(sessions: readonly EndedSession[]): Promise<void> {
    if (sessions.length === 0) return;
    const { redis } = this.#parts;
    const news = sessions.map(({ id, endedAt }) => [id, endedAt.getTime() + LIFETIME_MS] as const);
    await redis.zadd(REVOKED_KEY, ...news.flatMap(([id, untilMs]) => [untilMs, id]));
    await redis.publish(REVOKED_CHANNEL, JSON.stringify(news));
  }

  /** Brings Redis up to date: what it has lost, or was never told because it was away, is told again. */
  async repair(): Promise<void> {
    const { redis, database, clock } = this.#parts;
    const now = clock.now();
    await redis.zremrangebyscore(REVOKED_KEY, "-inf", `(${now}`);
    const ended = await sessionsEndedSince(database, new Date(now - LIFETIME_MS));
    if (ended.length === 0) return;
    const known = await redis.zmscore(REVOKED_KEY, ...ended.map(({ id }) => id));
    await this.tell(ended.filter((_, index) => known[index] === null));
  }
}
