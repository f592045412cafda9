import type { Redis } from "ioredis";
import { RELEASE_EVENT, RELEASE_FROZEN, RELEASE_WATCH } from "../../../services/base/metrics-contract/external/release.ts";
import { isFrozen, isUnderWatch, type Release } from "../../../services/base/traffic/release.ts";
import { readTrafficTable } from "../../../services/base/traffic/store.ts";
import { mergeEntries, type HistoryEntry } from "../../history/entry.ts";
import { readFromRedis } from "../../history/redis-list.ts";
import { Exposition } from "../metrics/exposition.ts";

/** Changes that are told: those of a dashboard's usual window, and never so many that Prometheus suffers. */
const TOLD = 30;

/** The last changes of the environment as metrics, each with the time at which it was made. Empty while Redis is away. */
export async function releaseMetrics(redis: Redis, nowMs: number): Promise<string> {
  let entries: readonly HistoryEntry[];
  let release: Release | undefined;
  try {
    entries = mergeEntries(await readFromRedis(redis), () => true).slice(-TOLD);
    release = (await readTrafficTable(redis))?.release;
  } catch {
    return "";
  }
  const out = new Exposition();
  for (const { id, kind, outcome, by, colour = "", version = "", at } of entries)
    out.add(RELEASE_EVENT, { id, kind, outcome, by, colour, version }, Date.parse(at) / 1000);
  out.add(RELEASE_WATCH, {}, isUnderWatch(release, nowMs) ? 1 : 0);
  out.add(RELEASE_FROZEN, {}, isFrozen(release) ? 1 : 0);
  return out.text();
}
