import type { Redis } from "ioredis";
import { parseTrafficTable, TRAFFIC_CHANNEL, TRAFFIC_KEY, type TrafficTable } from "./table.ts";

// Writes where the stored version is the expected one (0: nothing stored), or, with mode "newer", where it is lower
// than the new one. Answers 1 when it wrote, else 0.
const WRITE_SCRIPT = `
local stored = redis.call('GET', KEYS[1])
local version = 0
if stored then
  local ok, table = pcall(cjson.decode, stored)
  if ok and type(table) == 'table' and type(table.version) == 'number' then version = table.version end
end
local expected = ARGV[2]
if expected == 'newer' then
  if version >= tonumber(ARGV[3]) then return 0 end
elseif version ~= tonumber(expected) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('PUBLISH', KEYS[2], ARGV[3])
return 1`;

/** The stored table; absent where there is none. @throws TrafficTableError where something else stands there. */
export async function readTrafficTable(redis: Redis): Promise<TrafficTable | undefined> {
  const json = await redis.get(TRAFFIC_KEY);
  return json === null ? undefined : parseTrafficTable(json);
}

/**
 * Replaces the table if its version is still `expectedVersion` (0: none yet) and announces it. For operators and the
 * agent: `next.version` has to be `expectedVersion + 1`.
 * @returns false where somebody else was faster: read again and decide anew.
 */
export async function compareAndSetTrafficTable(redis: Redis, expectedVersion: number, next: TrafficTable): Promise<boolean> {
  if (next.version !== expectedVersion + 1) {
    throw new RangeError(`traffic table: version ${next.version} cannot follow ${expectedVersion}`);
  }
  return write(redis, String(expectedVersion), next);
}

/** Gives a Redis that lost the table, or kept an older one, back what this process knows. */
export async function writeBackTrafficTable(redis: Redis, known: TrafficTable): Promise<boolean> {
  return write(redis, "newer", known);
}

async function write(redis: Redis, mode: string, table: TrafficTable): Promise<boolean> {
  const result = await redis.eval(WRITE_SCRIPT, 2, TRAFFIC_KEY, TRAFFIC_CHANNEL, JSON.stringify(table), mode, String(table.version));
  return result === 1;
}
