import { describe, expect, it } from "vitest";
import { nextView, type RegistryView } from "../../../../../services/base/registry/view.ts";
import { instanceWith } from "../fixtures.ts";

const NOW = 1_000_000;
/** Redis' clock may differ from ours: only differences count. */
const REDIS_AHEAD = 5_000;

function view(heartbeatAgeMs: number, nowMs = NOW, previous?: RegistryView): RegistryView {
  const redisNow = nowMs + REDIS_AHEAD;
  return nextView([instanceWith({ heartbeatAt: redisNow - heartbeatAgeMs })], redisNow, nowMs, previous);
}

const isAlive = (seen: RegistryView): boolean | undefined => seen.instances.get("trading-1")?.alive;
const takers = (seen: RegistryView): number => seen.takers.get("trading")?.blue.length ?? 0;

describe("the view of the registry", () => {
  it.each([
    [10_000, true],
    [10_001, false],
  ])("at the first read takes a heartbeat of %d ms ago as alive: %s (R-GW-2)", (age, alive) => {
    expect(isAlive(view(age))).toBe(alive);
  });

  it("gives no request to an instance that is draining", () => {
    const seen = nextView([instanceWith({ state: "draining", heartbeatAt: NOW })], NOW, NOW, undefined);
    expect(isAlive(seen)).toBe(true);
    expect(takers(seen)).toBe(0);
  });

  it("declares an instance dead whose heartbeat stands still for 10 s of reading (R-GW-3)", () => {
    const entry = [instanceWith({ heartbeatAt: NOW })];
    let seen = nextView(entry, NOW, NOW, undefined);
    for (let now = NOW + 2000; now <= NOW + 10_000; now += 2000) {
      seen = nextView(entry, now, now, seen);
      expect(isAlive(seen)).toBe(true);
    }
    seen = nextView(entry, NOW + 12_000, NOW + 12_000, seen);
    expect(isAlive(seen)).toBe(false);
  });

  it("takes nobody for dead after a minute in which Redis could not be read, and expires them later", () => {
    const entry = [instanceWith({ heartbeatAt: NOW })];
    const before = nextView(entry, NOW, NOW, undefined);
    const later = NOW + 60_000;
    let seen = nextView(entry, later, later, before);
    expect(isAlive(seen)).toBe(true);
    for (let now = later + 2000; now <= later + 12_000; now += 2000) seen = nextView(entry, now, now, seen);
    expect(isAlive(seen)).toBe(false);
  });

  it("does not raise the dead after a time without reads", () => {
    const dead = view(11_000);
    const later = NOW + 60_000;
    const seen = nextView([instanceWith({ heartbeatAt: NOW + REDIS_AHEAD - 11_000 })], later + REDIS_AHEAD, later, dead);
    expect(isAlive(seen)).toBe(false);
  });

  it("keeps an instance for 10 s that vanished without a word: Redis has lost it", () => {
    const before = view(0);
    const after = nextView([], NOW + 2000, NOW + 2000, before);
    expect(takers(after)).toBe(1);
    let seen = after;
    for (let now = NOW + 4000; now <= NOW + 12_000; now += 2000) seen = nextView([], now, now, seen);
    expect(seen.instances.size).toBe(0);
  });

  it("forgets an instance at once that said it was leaving", () => {
    const draining = nextView([instanceWith({ state: "draining", heartbeatAt: NOW })], NOW, NOW, undefined);
    expect(nextView([], NOW + 100, NOW + 100, draining).instances.size).toBe(0);
  });
});
