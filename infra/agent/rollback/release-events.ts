import type { Redis } from "ioredis";
import { RELEASE_EVENT, RELEASE_WATCH } from "../../../services/base/metrics-contract/external/release.ts";
import { isUnderWatch } from "../../../services/base/traffic/release.ts";
import { readTrafficTable } from "../../../services/base/traffic/store.ts";
import { mergeEntries, type HistoryEntry } from "../../history/entry.ts";
import { readFromRedis } from "../../history/redis-list.ts";
import { Exposition } from "../metrics/exposition.ts";

/** Changes that are told: those of a dashboard's usual window, and never so many that Prometheus suffers. */
const TOLD = 30;

/** The last changes of the environment as metrics, each with the time at which it was made. Empty while Redis is away. */
export async function releaseMetrics(redis: Redis, nowMs: number): Promise<string> {
  let entries: readonly HistoryEntry[];
  let isWatched: boolean;
  try {
    entries = mergeEntries(await readFromRedis(redis), () => true).slice(-TOLD);
    isWatched = isUnderWatch((await readTrafficTable(redis))?.release, nowMs);
  } catch {
    return "";
  }
  const out = new Exposition();
  for (const { id, kind, outcome, by, colour = "", version = "", at } of entries)
    out.add(RELEASE_EVENT, { id, kind, outcome, by, colour, version }, Date.parse(at) / 1000);
  out.add(RELEASE_WATCH, {}, isWatched ? 1 : 0);
  return out.text();
}
