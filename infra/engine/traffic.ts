import type { Redis } from "ioredis";
import { compareAndSetTrafficTable, readTrafficTable } from "../../services/base/traffic/store.ts";
import type { TrafficTable } from "../../services/base/traffic/table.ts";
import { effectiveWeights, type LiveColours } from "../../services/base/traffic/weights.ts";
import type { Container } from "../host/containers.ts";
import { operator } from "../host/operator.ts";
import { UserError } from "../host/user-error.ts";
import { PORTS } from "../platform/ports.ts";
import { COLOURS, type Colour } from "../platform/workload.ts";
import { colourWeight, nextTable, type TrafficChange, type Weights } from "../rollout/table-change.ts";
import { withRuntime, type Place } from "./runtime.ts";

const CONNECT_MS = 3_000;
const ATTEMPTS = 5;

/** Passwords by environment, as long as this command runs: asking for one costs more than all the rest. */
const passwords = new Map<string, string>();

/**
 * Works with the environment's Redis, over a port on loopback. Undefined: it is not there.
 * `what` is sought there: the subject of the error when Redis cannot be reached.
 */
export async function withRedis<T>(place: Place, work: (redis: Redis) => Promise<T>, what = "The traffic table"): Promise<T | undefined> {
  return await withRuntime(place, async (runtime) => {
    const password = passwords.get(place.environment) ?? (await runtime.secret("redis"));
    if (password !== undefined) passwords.set(place.environment, password);
    return password === undefined ? undefined : await workAt(place, await runtime.localPort(PORTS.redis), password, work, what);
  });
}

async function workAt<T>(place: Place, port: number, password: string, work: (redis: Redis) => Promise<T>, what: string): Promise<T> {
  const { Redis } = await import("ioredis");
  const redis = new Redis({
    host: "127.0.0.1",
    port,
    password,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    commandTimeout: CONNECT_MS,
    retryStrategy: () => null,
  });
  // Told by the command that fails.
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return await work(redis);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${what} of "${place.environment}" cannot be reached in Redis. See: ./astra logs redis --environment ${place.environment}`, { cause });
  } finally {
    redis.disconnect();
  }
}

/** The traffic table of an environment; undefined: there is none yet, or no Redis. */
export async function currentTraffic(place: Place): Promise<TrafficTable | undefined> {
  return await withRedis(place, readTrafficTable);
}

/** The way back to a colour is closed: it goes, or becomes another version. The weights stay as they are. */
export async function endRelease(place: Place, colour: Colour): Promise<void> {
  await updateTraffic(place, ({ weights, previous, release }) => {
    const leadsBack = previous !== undefined && colourWeight(previous, colour) > 0;
    if (!leadsBack || colourWeight(weights, colour) > 0) return undefined;
    const ended = release === undefined || release.state === "reverted" ? release : { ...release, state: "ended" as const };
    return { by: operator(), reason: `${colour} changes: no way back to it`, weights, previous: weights, ...(ended ? { release: ended } : {}) };
  });
}

/** Which colours of a workload have a running container. */
export function liveColours(containers: readonly Container[], workload: string): LiveColours {
  const runs = (colour: Colour): boolean =>
    containers.some((one) => one.workload === workload && one.colour === colour && one.state === "running");
  return { blue: runs("blue"), green: runs("green") };
}

/** Where requests really go, by what the table says and what runs. */
export function presentWeights(table: TrafficTable, containers: readonly Container[]): Weights {
  return Object.fromEntries(
    Object.entries(table.weights).map(([workload, weights]) => [
      workload,
      effectiveWeights(weights, liveColours(containers, workload)),
    ]),
  );
}

/** Everything to one colour. */
export function allTo(table: TrafficTable, colour: Colour): Weights {
  const weights = { blue: colour === "blue" ? 100 : 0, green: colour === "green" ? 100 : 0 };
  return Object.fromEntries(Object.keys(table.weights).map((workload) => [workload, weights]));
}

/** Full weight to a colour, without taking any from the other one. */
export function bothAtLeast(colour: Colour): (table: TrafficTable) => Weights {
  return (table) =>
    // A colour that has everything already is left alone.
    colourWeight(table.weights, colour === "blue" ? "green" : "blue") === 0
      ? table.weights
      : Object.fromEntries(Object.entries(table.weights).map(([workload, weights]) => [workload, { ...weights, [colour]: 100 }]));
}

function same(a: Weights, b: Weights): boolean {
  return Object.entries(a).every(([workload, weights]) => COLOURS.every((colour) => b[workload]?.[colour] === weights[colour]));
}

/**
 * Writes what `decide` makes of the table, by compare-and-set; decides anew when another was faster.
 * @returns The new table; undefined where `decide` wants no change, or there is no table.
 * @throws what `decide` throws.
 */
export async function updateTraffic(
  place: Place,
  decide: (table: TrafficTable) => TrafficChange | undefined,
): Promise<TrafficTable | undefined> {
  return await withRedis(place, async (redis) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const table = await readTrafficTable(redis);
      const change = table && decide(table);
      if (table === undefined || change === undefined) return undefined;
      const next = nextTable(table, change, new Date());
      if (await compareAndSetTrafficTable(redis, table.version, next)) return next;
    }
    throw new Error("the table keeps changing");
  });
}

/**
 * Writes the weights that `decide` makes of the table, unless they are its own already.
 * @returns true when the table was changed; false when it was right, or there is none.
 */
export async function changeTraffic(
  place: Place,
  reason: string,
  decide: (table: TrafficTable) => Weights,
): Promise<boolean> {
  const changed = await updateTraffic(place, (table) => {
    const weights = decide(table);
    return same(weights, table.weights) ? undefined : { by: operator(), reason, weights };
  });
  return changed !== undefined;
}
