import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { processStart } from "../engine/lock.ts";
import { withRedis } from "../engine/traffic.ts";
import type { Place } from "../engine/runtime.ts";
import { privateFolder, readIfThere } from "../host/files.ts";
import { environmentFolder } from "../host/paths.ts";
import { mergeEntries, parseEntry, type HistoryEntry } from "./entry.ts";
import { pushToRedis, readFromRedis } from "./redis-list.ts";

export function historyFile(environment: string, stateFolder?: string): string {
  return join(environmentFolder(environment, stateFolder), "history.jsonl");
}

/** Adds an entry to the file: the line is written whole, after all others. */
export async function appendToFile(environment: string, entry: HistoryEntry, stateFolder?: string): Promise<void> {
  await privateFolder(environmentFolder(environment, stateFolder));
  await appendFile(historyFile(environment, stateFolder), `${JSON.stringify(entry)}\n`, { mode: 0o600 });
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
