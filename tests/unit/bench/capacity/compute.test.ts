import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { computeCapacity, demand } from "../../../../bench/capacity/compute.ts";
import { DOCS, lastFigures } from "../../../../bench/capacity/figures.ts";
import { capacityPage } from "../../../../bench/capacity/page.ts";
import { aResult, aStep } from "../api/a-result.ts";

test("a part's cores at 10,000 trades/s follow from its CPU time for a trade and 60 % use", () => {
  const { parts } = computeCapacity(aResult({}));
  const trading = parts.find(({ name }) => name === "trading");
  expect(trading?.perCore).toBeCloseTo(1_500, 6);
  expect(trading?.coresAtTarget).toBeCloseTo(6.667, 3);
  expect(trading?.instancesAtTarget).toBe(7);
});

test("the first part that is full is the one whose one process, or server, takes the fewest trades", () => {
  expect(computeCapacity(aResult({})).firstFull).toEqual({ name: "trading", atPerSecond: 1_500 });
  const heavy = aStep({ cpuMicrosPerTrade: { ...aStep({}).cpuMicrosPerTrade, postgres: 20_000 } });
  expect(computeCapacity(aResult({ steps: [heavy] })).firstFull.name).toBe("postgres");
});

test("a part that costs nothing limits nothing", () => {
  const nft = computeCapacity(aResult({})).parts.find(({ name }) => name === "nft");
  expect([nft?.perCore, nft?.coresAtTarget]).toEqual([Infinity, 0]);
});

test("says so when no rate met the goal, and counts with the fastest", () => {
  const steps = [aStep({ p95Ms: 300 }), aStep({ p95Ms: 900, durablePerSecond: 1_100 })];
  const capacity = computeCapacity(aResult({ steps }));
  expect([capacity.metGoal, capacity.step.durablePerSecond]).toEqual([false, 1_100]);
  expect(capacityPage(aResult({ steps }))).toContain("no rate had p95 < 100 ms; the fastest");
});

test("a run without any step is refused with the command that makes one", () => {
  expect(() => computeCapacity(aResult({ steps: [] }))).toThrow("npm run bench:api");
});

test("100,000 users a month are a few trades a second, also in the busiest minute", () => {
  const { dailyUsers, tradesPerDay, tradesPerSecond } = demand();
  expect([dailyUsers, tradesPerDay]).toEqual([20_000, 200_000]);
  expect(tradesPerSecond).toBeCloseTo(23.1, 1);
});

test("a page without a run says so, and invents nothing", () => {
  const page = capacityPage(undefined);
  expect(page).toContain("Nothing yet: the run of the benchmark is missing");
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});

test("a page with a run has no figure that is none", () => {
  expect(capacityPage(aResult({}))).not.toMatch(/NaN|Infinity|undefined/);
});

test("docs/capacity.md is what the figures and assumptions give; else: npm run capacity", () => {
  expect(readFileSync(join(DOCS, "capacity.md"), "utf8")).toBe(capacityPage(lastFigures()));
});
