import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { processStart } from "../engine/lock.ts";
import { withRedis } from "../engine/traffic.ts";
import type { Place } from "../engine/runtime.ts";
import { privateFolder, readIfThere } from "../host/files.ts";
import { environmentFolder } from "../host/paths.ts";
import { HISTORY_KEY, KEPT_IN_REDIS, mergeEntries, parseEntry, type HistoryEntry } from "./entry.ts";

export function historyFile(environment: string, stateFolder?: string): string {
  return join(environmentFolder(environment, stateFolder), "history.jsonl");
}

/** Adds an entry to the file: the line is written whole, after all others. */
export async function appendToFile(environment: string, entry: HistoryEntry, stateFolder?: string): Promise<void> {
  await privateFolder(environmentFolder(environment, stateFolder));
  await appendFile(historyFile(environment, stateFolder), `${JSON.stringify(entry)}\n`, { mode: 0o600 });
}

/** Adds an entry to Redis' list, which keeps the last 200. */
export async function pushToRedis(redis: Redis, entry: HistoryEntry): Promise<void> {
  await redis.lpush(HISTORY_KEY, JSON.stringify(entry));
  await redis.ltrim(HISTORY_KEY, 0, KEPT_IN_REDIS - 1);
}

/** Entries in Redis, oldest first. */
export async function readFromRedis(redis: Redis): Promise<readonly HistoryEntry[]> {
  return (await redis.lrange(HISTORY_KEY, 0, -1)).reverse().flatMap((json) => parseEntry(json) ?? []);
}

/** Writes an entry down; Redis may be away, since the file has it too. */
export async function writeEntry(place: Place, entry: HistoryEntry): Promise<void> {
  await appendToFile(place.environment, entry);
  await withRedis(place, async (redis) => await pushToRedis(redis, entry)).catch(() => undefined);
}

/** Every change that this checkout or Redis knows of, oldest first. */
export async function readHistory(place: Place): Promise<readonly HistoryEntry[]> {
  const text = (await readIfThere(historyFile(place.environment))) ?? "";
  const ofFile = text.split("\n").flatMap((line) => parseEntry(line) ?? []);
  const ofRedis = await withRedis(place, readFromRedis).catch(() => undefined);
  return mergeEntries([...ofFile, ...(ofRedis ?? [])], (pid) => processStart(pid) !== undefined);
}
