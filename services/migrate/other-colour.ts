import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Colour, RedisSettings } from "../base/config.ts";
import { HEARTBEAT_EXPIRY_MS, HEARTBEAT_INTERVAL_MS, parseInstance, REGISTRY_KEY } from "../base/registry/instance.ts";
import { readTrafficTable } from "../base/traffic/store.ts";

const DEADLINE_MS = 5_000;
/** A Redis that has just lost the registry gets it back within a heartbeat: one look alone could miss everybody. */
const SECOND_LOOK_MS = 2.5 * HEARTBEAT_INTERVAL_MS;

async function look(redis: Redis, colour: Colour): Promise<string | undefined> {
  const [entries, [seconds]] = await Promise.all([redis.hgetall(REGISTRY_KEY), redis.time()]);
  const nowMs = Number(seconds) * 1000;
  const alive = Object.values(entries).flatMap((json) => {
    const instance = parseInstance(json);
    return instance?.colour === colour && nowMs - instance.heartbeatAt <= HEARTBEAT_EXPIRY_MS ? [instance.instance] : [];
  });
  if (alive.length > 0) return `still runs (${alive.sort().slice(0, 3).join(", ")}${alive.length > 3 ? " ..." : ""})`;
  const table = await readTrafficTable(redis);
  const weighted = Object.entries(table?.weights ?? {}).filter(([, weights]) => weights[colour] > 0);
  return weighted.length > 0 ? `the traffic table still gives it requests (${weighted.map(([workload]) => workload).join(", ")})` : undefined;
}

/**
 * Why a colour counts as one that runs: an instance of it says so in the registry, or the traffic table gives it requests.
 * Undefined: it is gone. A Redis that cannot be asked leaves it at that it may run. Asked once, and then remembered.
 */
export function lifeInRegistry(settings: RedisSettings, pauseMs = SECOND_LOOK_MS): (colour: Colour) => Promise<string | undefined> {
  const known = new Map<Colour, Promise<string | undefined>>();
  const ask = async (colour: Colour): Promise<string | undefined> => {
    const redis = new Redis({ ...settings, lazyConnect: true, connectTimeout: DEADLINE_MS, commandTimeout: DEADLINE_MS, retryStrategy: () => null });
    // Told by the command that fails.
    redis.on("error", () => undefined);
    try {
      await redis.connect();
      const first = await look(redis, colour);
      if (first !== undefined) return first;
      await sleep(pauseMs);
      return await look(redis, colour);
    } catch (error) {
      return `nobody can tell whether it runs: Redis at ${settings.host}:${settings.port} does not answer (${error instanceof Error ? error.message : String(error)})`;
    } finally {
      redis.disconnect();
    }
  };
  return async (colour) => {
    const asked = known.get(colour) ?? ask(colour);
    known.set(colour, asked);
    return await asked;
  };
}
