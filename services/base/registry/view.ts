import type { Colour } from "../config.ts";
import { HEARTBEAT_EXPIRY_MS, HEARTBEAT_INTERVAL_MS, type Instance } from "./instance.ts";
import { isMassSilence, MASS_SILENCE_MS } from "./mass-silence.ts";

/** A longer time between two reads means that this process could not see who is alive. */
const BLIND_AFTER_MS = 2.5 * HEARTBEAT_INTERVAL_MS;

export interface SeenInstance extends Instance {
  /** When its last heartbeat was, on this process' clock. */
  readonly lastBeatMs: number;
  /** From when its silence counts: its last heartbeat, or later where nobody could have heard it. */
  readonly silentSinceMs: number;
  /** Heard of within the expiry, or silent together with most others. */
  readonly alive: boolean;
  /** When this process first saw this run of it; 0: it was there before this process looked. */
  readonly seenSinceMs: number;
}

/** Instances of one service that take requests, by colour. */
export type Takers = Readonly<Record<Colour, readonly SeenInstance[]>>;

/** What this process knows of all instances. Never changed; every read makes a new one. */
export interface RegistryView {
  /** When it was read, on this process' clock. */
  readonly readAtMs: number;
  /** Since when most instances are silent at once, which is the registry's fault and not their death. */
  readonly faultSinceMs: number | undefined;
  readonly instances: ReadonlyMap<string, SeenInstance>;
  readonly takers: ReadonlyMap<string, Takers>;
}

export const NO_TAKERS: Takers = { blue: [], green: [] };

type Heard = Omit<SeenInstance, "alive">;

/**
 * The next view from what Redis holds. Four rules keep a fault of the registry from looking like everyone's death:
 * an instance is dead when its heartbeat stood still for 10 s *of reading*; after a time without reads everyone gets
 * those 10 s again; one that vanishes without having said `draining` was lost by Redis and is kept as long; and where
 * most fall silent at once nobody is dead for 5 minutes (`mass-silence.ts`).
 * @param entries Everything in the registry.
 * @param redisNowMs Redis' clock at the read, which the heartbeats were written by.
 * @param nowMs This process' clock.
 * @param previous The view before; absent at the first read, which believes the heartbeats' own times.
 */
export function nextView(entries: readonly Instance[], redisNowMs: number, nowMs: number, previous: RegistryView | undefined): RegistryView {
  const heard = listen(entries, redisNowMs, nowMs, previous);
  const members = heard.filter((instance) => instance.state === "up" && previous?.instances.get(instance.instance)?.alive === true);
  const silences = members.map((instance) => nowMs - instance.silentSinceMs);
  const faultSinceMs = isMassSilence(silences) ? (previous?.faultSinceMs ?? nowMs) : undefined;
  const isForgiven = faultSinceMs !== undefined && nowMs - faultSinceMs <= MASS_SILENCE_MS;
  // The first to be heard after a fault must not make the others look dead: their next heartbeats are on the way.
  const isOver = previous?.faultSinceMs !== undefined && faultSinceMs === undefined && nowMs - previous.faultSinceMs <= MASS_SILENCE_MS;

  const instances = new Map<string, SeenInstance>();
  const present = new Set(entries.map((entry) => entry.instance));
  for (const instance of heard) {
    const isMember = members.includes(instance);
    const silentSinceMs = isOver && isMember ? Math.max(instance.silentSinceMs, nowMs) : instance.silentSinceMs;
    const alive = nowMs - silentSinceMs <= HEARTBEAT_EXPIRY_MS || (isForgiven && isMember);
    if (alive || present.has(instance.instance)) instances.set(instance.instance, { ...instance, silentSinceMs, alive });
  }
  return { readAtMs: nowMs, faultSinceMs, instances, takers: groupTakers(instances.values()) };
}

/** Everyone in the registry, and whoever vanished from it without a word, with the time of their silence. */
function listen(entries: readonly Instance[], redisNowMs: number, nowMs: number, previous: RegistryView | undefined): Heard[] {
  const wasBlind = previous !== undefined && nowMs - previous.readAtMs > BLIND_AFTER_MS;
  const still = (known: SeenInstance): Pick<SeenInstance, "lastBeatMs" | "silentSinceMs"> => ({
    lastBeatMs: known.lastBeatMs,
    silentSinceMs: wasBlind && known.alive ? nowMs : known.silentSinceMs,
  });
  const heard = new Map<string, Heard>();
  for (const entry of entries) {
    const known = previous?.instances.get(entry.instance);
    const beatMs = nowMs - Math.max(0, redisNowMs - entry.heartbeatAt);
    const times = known?.heartbeatAt === entry.heartbeatAt ? still(known) : { lastBeatMs: beatMs, silentSinceMs: beatMs };
    const isSameRun = known?.startedAt === entry.startedAt;
    const seenSinceMs = isSameRun ? known.seenSinceMs : previous === undefined ? 0 : nowMs;
    heard.set(entry.instance, { ...entry, ...times, seenSinceMs });
  }
  for (const known of previous?.instances.values() ?? []) {
    if (heard.has(known.instance) || known.state === "draining" || !known.alive) continue;
    heard.set(known.instance, { ...known, ...still(known) });
  }
  return [...heard.values()];
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
