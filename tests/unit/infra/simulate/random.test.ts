import { expect, test } from "vitest";
import { SeededRandom, seedOf } from "../../../../infra/simulate/random.ts";

test("the same seed gives the same numbers", () => {
  const [one, other] = [new SeededRandom(42), new SeededRandom(42)];
  for (let n = 0; n < 100; n += 1) expect(one.next()).toBe(other.next());
});

test("chooses by weight, and never what has none", () => {
  const random = new SeededRandom(5);
  const choices = [{ name: "never", weight: 0 }, { name: "often", weight: 9 }, { name: "seldom", weight: 1 }];
  const counts = new Map<string, number>();
  for (let n = 0; n < 10_000; n += 1) {
    const { name } = random.weighted(choices);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(counts.get("never")).toBeUndefined();
  expect((counts.get("often") ?? 0) / 10_000).toBeCloseTo(0.9, 1);
});

test("says that there is nothing to choose from", () => {
  const random = new SeededRandom(1);
  expect(() => random.pick([])).toThrow("nothing to pick");
  expect(() => random.weighted([{ weight: 0 }])).toThrow("nothing to choose");
});

test("times between independent events have the mean that was asked for, and are above 0", () => {
  const random = new SeededRandom(9);
  const times = Array.from({ length: 20_000 }, () => random.exponential(50));
  expect(Math.min(...times)).toBeGreaterThan(0);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  expect(mean).toBeGreaterThan(48);
  expect(mean).toBeLessThan(52);
});

test("people of one run have seeds of their own", () => {
  const seeds = new Set(Array.from({ length: 10_000 }, (_, n) => seedOf(1, n)));
  expect(seeds.size).toBe(10_000);
});
