import type { Redis } from "ioredis";
import { HISTORY_KEY, KEPT_IN_REDIS, parseEntry, type HistoryEntry } from "./entry.ts";

/** Adds an entry to Redis' list, which keeps the last 200. */
export async function pushToRedis(redis: Redis, entry: HistoryEntry): Promise<void> {
  await redis.lpush(HISTORY_KEY, JSON.stringify(entry));
  await redis.ltrim(HISTORY_KEY, 0, KEPT_IN_REDIS - 1);
}

/** Entries in Redis, oldest first. */
export async function readFromRedis(redis: Redis): Promise<readonly HistoryEntry[]> {
  return (await redis.lrange(HISTORY_KEY, 0, -1)).reverse().flatMap((json) => parseEntry(json) ?? []);
}
