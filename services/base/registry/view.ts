import type { Colour } from "../config.ts";
import { HEARTBEAT_EXPIRY_MS, HEARTBEAT_INTERVAL_MS, type Instance } from "./instance.ts";

/** A longer time between two reads means that this process could not see who is alive. */
const BLIND_AFTER_MS = 2.5 * HEARTBEAT_INTERVAL_MS;

export interface SeenInstance extends Instance {
  /** When its last heartbeat was, on this process' clock. */
  readonly lastBeatMs: number;
  /** Heard of within the expiry. */
  readonly alive: boolean;
}

/** Instances of one service that take requests, by colour. */
export type Takers = Readonly<Record<Colour, readonly SeenInstance[]>>;

/** What this process knows of all instances. Never changed; every read makes a new one. */
export interface RegistryView {
  /** When it was read, on this process' clock. */
  readonly readAtMs: number;
  readonly instances: ReadonlyMap<string, SeenInstance>;
  readonly takers: ReadonlyMap<string, Takers>;
}

export const NO_TAKERS: Takers = { blue: [], green: [] };

/**
 * The next view from what Redis holds. Three rules keep a fault of the registry from looking like everyone's death:
 * an instance is dead when its heartbeat stood still for 10 s *of reading*; after a time without reads everyone gets
 * those 10 s again; and one that vanishes without having said `draining` was lost by Redis and is kept as long.
 * @param entries Everything in the registry.
 * @param redisNowMs Redis' clock at the read, which the heartbeats were written by.
 * @param nowMs This process' clock.
 * @param previous The view before; absent at the first read, which believes the heartbeats' own times.
 */
export function nextView(
  entries: readonly Instance[],
  redisNowMs: number,
  nowMs: number,
  previous: RegistryView | undefined,
): RegistryView {
  const wasBlind = previous !== undefined && nowMs - previous.readAtMs > BLIND_AFTER_MS;
  const instances = new Map<string, SeenInstance>();
  const keep = (entry: Instance, lastBeatMs: number): void => {
    instances.set(entry.instance, { ...entry, lastBeatMs, alive: nowMs - lastBeatMs <= HEARTBEAT_EXPIRY_MS });
  };
  for (const entry of entries) {
    const known = previous?.instances.get(entry.instance);
    const stoodStill = known !== undefined && known.heartbeatAt === entry.heartbeatAt;
    if (!stoodStill) keep(entry, nowMs - Math.max(0, redisNowMs - entry.heartbeatAt));
    else keep(entry, wasBlind && known.alive ? nowMs : known.lastBeatMs);
  }
  for (const known of previous?.instances.values() ?? []) {
    if (instances.has(known.instance) || known.state === "draining" || !known.alive) continue;
    const lastBeatMs = wasBlind ? nowMs : known.lastBeatMs;
    if (nowMs - lastBeatMs <= HEARTBEAT_EXPIRY_MS) keep(known, lastBeatMs);
  }
  return { readAtMs: nowMs, instances, takers: groupTakers(instances.values()) };
}

function groupTakers(instances: Iterable<SeenInstance>): ReadonlyMap<string, Takers> {
  const takers = new Map<string, Record<Colour, SeenInstance[]>>();
  for (const instance of instances) {
    if (!instance.alive || instance.state !== "up") continue;
    let colours = takers.get(instance.service);
    if (colours === undefined) takers.set(instance.service, (colours = { blue: [], green: [] }));
    colours[instance.colour].push(instance);
  }
  return takers;
}
