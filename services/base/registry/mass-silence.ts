import { HEARTBEAT_EXPIRY_MS, HEARTBEAT_INTERVAL_MS } from "./instance.ts";

/** How long a silence of most instances is taken for the registry's fault. Whoever is really dead shows when asked. */
export const MASS_SILENCE_MS = 300_000;

/** Heartbeats come every 2 s at different moments: after three missing ones somebody is silent. */
const SILENT_AFTER_MS = 3 * HEARTBEAT_INTERVAL_MS;

/** Fewer instances tell nothing: two may well die together. */
const LEAST_INSTANCES = 3;

/**
 * Whether instances fell silent together: one is about to expire, and more than half have missed three heartbeats. Then
 * it is Redis that takes no heartbeats, or has lost everything, and not they who died.
 * @param silencesMs For each instance that lived at the read before, how long it has been silent.
 */
export function isMassSilence(silencesMs: readonly number[]): boolean {
  if (silencesMs.length < LEAST_INSTANCES) return false;
  const silent = silencesMs.filter((ms) => ms > SILENT_AFTER_MS).length;
  return silent > silencesMs.length / 2 && silencesMs.some((ms) => ms > HEARTBEAT_EXPIRY_MS);
}
