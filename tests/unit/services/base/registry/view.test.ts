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

  it("remembers since when it sees a run of an instance, and starts anew with the next run", () => {
    const first = view(0);
    expect(first.instances.get("trading-1")?.seenSinceMs).toBe(0);
    const joined = nextView([instanceWith({ instance: "trading-2", heartbeatAt: NOW })], NOW, NOW + 2000, first);
    expect(joined.instances.get("trading-2")?.seenSinceMs).toBe(NOW + 2000);
    const again = nextView([instanceWith({ instance: "trading-2", heartbeatAt: NOW + 2000 })], NOW, NOW + 4000, joined);
    expect(again.instances.get("trading-2")?.seenSinceMs).toBe(NOW + 2000);
    const restarted = nextView([instanceWith({ instance: "trading-2", heartbeatAt: NOW + 4000, startedAt: "later" })], NOW, NOW + 6000, again);
    expect(restarted.instances.get("trading-2")?.seenSinceMs).toBe(NOW + 6000);
  });
});

describe("a silence of most instances at once (R-GW-2)", () => {
  const names = ["a", "b", "c", "d"];
  /** Each instance's heartbeat, at the time that the case says. */
  const beats = (at: Record<string, number>) => Object.entries(at).map(([instance, heartbeatAt]) => instanceWith({ instance, heartbeatAt }));
  const everyone = (atMs: number) => beats(Object.fromEntries(names.map((name, index) => [name, atMs - index * 500])));
  /** Reads every 2 s until `untilMs`, always the same entries. */
  const readOn = (entries: ReturnType<typeof beats>, untilMs: number, from: RegistryView): RegistryView => {
    let seen = from;
    for (let now = from.readAtMs + 2000; now <= untilMs; now += 2000) seen = nextView(entries, now, now, seen);
    return seen;
  };
  const alive = (seen: RegistryView): string[] => [...seen.instances.values()].filter((each) => each.alive).map((each) => each.instance);
  const start = nextView(everyone(NOW), NOW, NOW, undefined);

  it("is the registry's fault: nobody is dead, for 5 minutes at most", () => {
    const stuck = readOn(everyone(NOW), NOW + 30_000, start);
    expect(stuck.faultSinceMs).toBe(NOW + 10_000);
    expect(stuck.takers.get("trading")?.blue).toHaveLength(4);
    expect(alive(readOn(everyone(NOW), NOW + 310_000, stuck))).toHaveLength(4);
    expect(alive(readOn(everyone(NOW), NOW + 312_000, stuck))).toEqual([]);
  });

  it("shows the true age of the last heartbeats meanwhile", () => {
    expect(readOn(everyone(NOW), NOW + 30_000, start).instances.get("a")?.lastBeatMs).toBe(NOW);
  });

  it("by losing all entries is the same fault", () => {
    expect(alive(readOn([], NOW + 60_000, start))).toHaveLength(4);
  });

  it("ends with the first heartbeats, and gives the others time for theirs", () => {
    const stuck = readOn(everyone(NOW), NOW + 60_000, start);
    const at = stuck.readAtMs + 2000;
    const back = nextView(beats({ a: at, b: at, c: NOW - 1000, d: NOW - 1500 }), at, at, stuck);
    expect(back.faultSinceMs).toBeUndefined();
    expect(alive(back)).toHaveLength(4);
    const later = at + 12_000;
    let seen = back;
    for (let now = at + 2000; now <= later; now += 2000) seen = nextView(beats({ a: now, b: now, c: NOW - 1000, d: NOW - 1500 }), now, now, seen);
    expect(alive(seen)).toEqual(["a", "b"]);
  });

  it("is none where half of them go on: those that stopped are dead (R-GW-3)", () => {
    let seen = start;
    for (let now = NOW + 2000; now <= NOW + 12_000; now += 2000) seen = nextView(beats({ a: now, b: now, c: NOW, d: NOW }), now, now, seen);
    expect(seen.faultSinceMs).toBeUndefined();
    expect(alive(seen)).toEqual(["a", "b"]);
  });

  it("is none at the first read, which has nothing to compare with", () => {
    expect(alive(nextView(everyone(NOW - 20_000), NOW, NOW, undefined))).toEqual([]);
  });
});
