import { setTimeout as sleep } from "node:timers/promises";
import { parseInstance, HEARTBEAT_EXPIRY_MS, REGISTRY_KEY, type Instance } from "../../services/base/registry/instance.ts";
import { withRedis } from "../engine/traffic.ts";
import type { Place } from "../engine/runtime.ts";
import { UserError } from "../host/user-error.ts";
import type { Colour } from "../platform/workload.ts";
import type { Numbers } from "./numbers.ts";

const POLL_MS = 100;
const DEADLINE_MS = 30_000;

/** Instances of a service and colour that take requests, by what a registry says at a time of Redis' clock. */
export function takers(instances: readonly Instance[], service: string, colour: Colour, redisNowMs: number): readonly Instance[] {
  return instances.filter(
    (one) => one.service === service && one.colour === colour && one.state === "up" && redisNowMs - one.heartbeatAt <= HEARTBEAT_EXPIRY_MS,
  );
}

/**
 * Waits until so many instances of each service take requests in the registry, which every gateway reads at each change.
 * @returns How long that took, ms.
 * @throws UserError naming what is missing after 30 s.
 */
export async function waitUntilRegistered(place: Place, colour: Colour, numbers: Numbers, how: "exactly" | "at least"): Promise<number> {
  const started = performance.now();
  for (;;) {
    const found = await withRedis(
      place,
      async (redis) => {
        const [all, [seconds, micros]] = await Promise.all([redis.hgetall(REGISTRY_KEY), redis.time()]);
        const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
        const instances = Object.values(all).flatMap((json) => parseInstance(json) ?? []);
        return Object.fromEntries(Object.keys(numbers).map((service) => [service, takers(instances, service, colour, now).length]));
      },
      "The registry",
    );
    const elapsedMs = performance.now() - started;
    const fits = (there: number, number: number): boolean => (how === "exactly" ? there === number : there >= number);
    const lacking = Object.entries(numbers).filter(([service, number]) => !fits(found?.[service] ?? 0, number));
    if (lacking.length === 0) return elapsedMs;
    if (elapsedMs > DEADLINE_MS)
      throw new UserError(
        `After ${DEADLINE_MS / 1000} s the registry has ${lacking.map(([service, number]) => `${found?.[service] ?? 0} instances of ${service} in ${colour} instead of ${number}`).join(", ")}. ` +
          `See: ./astra status, ./astra logs ${lacking.map(([service]) => service).join(" ")}`,
      );
    await sleep(POLL_MS);
  }
}
