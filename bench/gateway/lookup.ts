// `node bench/gateway/lookup.ts`: how long the gateway takes to choose an instance (R-GW-2: a look-up under 5 ms; the aim is
// under 10 microseconds). Everything that a choice looks at is there: both colours with weight, three instances each, an
// ejected one, one that is new.
import { availableParallelism, cpus } from "node:os";
import { pathToFileURL } from "node:url";
import { Breakers } from "../../services/gateway/breaker/breakers.ts";
import { InstanceChooser } from "../../services/gateway/routing/chooser.ts";
import { InstanceHealth } from "../../services/gateway/routing/instance-health.ts";
import { GATEWAY_TUNING } from "../../services/gateway/tuning.ts";
import { systemClock } from "../../services/base/clock.ts";
import type { Colour } from "../../services/base/config.ts";
import { nextView, NO_TAKERS } from "../../services/base/registry/view.ts";
import type { Instance } from "../../services/base/registry/instance.ts";
import { domainServices } from "../../services/catalogue.ts";

const BATCH = 1_000;
const BATCHES = 1_000;

export interface LookupTimes {
  /** Mean of one choice in the middle and in the slowest 1 % of the batches, microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Measures a million choices, a thousand at a time: one alone is too short for any clock. */
export function measureLookup(): LookupTimes {
  const names = domainServices.map((service) => service.name);
  const entries = names.flatMap((service) => (["blue", "green"] as const).flatMap((colour) => [1, 2, 3].map((number) => entry(service, colour, number))));
  const now = systemClock.now();
  const before = nextView(entries.slice(1), now, now, undefined);
  const view = nextView(entries, now, now + 1, before);
  const weights = Object.fromEntries(names.map((name) => [name, { blue: 75, green: 25 }]));
  const table = { version: 1, at: "", by: "bench", reason: "bench", weights };
  const health = new InstanceHealth(systemClock, GATEWAY_TUNING.balance, { ejected: () => undefined, returned: () => undefined });
  const takers = (service: string) => view.takers.get(service) ?? NO_TAKERS;
  const ill = takers("trading").blue[1];
  if (ill !== undefined) health.failed(ill, "refused", takers("trading").blue);
  const chooser = new InstanceChooser({ takers, table: () => table }, health, systemClock);
  const breakers = new Breakers(names, systemClock, GATEWAY_TUNING.breaker);
  const wish = { tried: new Set<string>(), admits: (colour: Colour) => breakers.of("trading", colour).admits };
  const means: number[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const start = process.hrtime.bigint();
    for (let time = 0; time < BATCH; time += 1) chooser.choose("trading", wish);
    means.push(Number(process.hrtime.bigint() - start) / BATCH / 1_000);
  }
  breakers.stop();
  means.sort((a, b) => a - b);
  return { p50: means[Math.floor(BATCHES * 0.5)] ?? 0, p99: means[Math.floor(BATCHES * 0.99)] ?? 0 };
}

function entry(service: string, colour: Colour, number: number): Instance {
  return { service, instance: `${service}-${colour}-${number}`, address: "127.0.0.1", port: 8000, colour, version: "bench", state: "up", weight: 100, startedAt: "", heartbeatAt: systemClock.now() };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { p50, p99 } = measureLookup();
  console.log(`${new Date().toISOString()}; ${availableParallelism()} x ${cpus()[0]?.model ?? "unknown CPU"}; Node ${process.versions.node}`);
  console.log(`choice of an instance: ${p50.toFixed(2)} microseconds (median of batches of ${BATCH}), ${p99.toFixed(2)} (p99); the aim is under 10`);
}
