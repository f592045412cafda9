import { expect, test } from "vitest";
import { coresBetween } from "../../../../bench/api/cpu.ts";
import { growthBetween, histogramOf } from "../../../../bench/api/figures.ts";
import { report } from "../../../../bench/api/report.ts";
import { bestStep, meetsGoal } from "../../../../bench/api/result.ts";
import { aResult, aStep } from "./a-result.ts";

test("a rate counts when every order was done, soon enough, at the rate that was offered", () => {
  expect(meetsGoal(aStep({}), 100)).toBe(true);
  expect(meetsGoal(aStep({ p95Ms: 100 }), 100)).toBe(false);
  expect(meetsGoal(aStep({ ok: 9_999 }), 100)).toBe(false);
  expect(meetsGoal(aStep({ durablePerSecond: 960 }), 100)).toBe(false);
});

test("the best step is the fastest of those that count", () => {
  const [slow, fast] = [aStep({ durablePerSecond: 200, offeredPerSecond: 200 }), aStep({})];
  const failed = aStep({ offeredPerSecond: 1_200, durablePerSecond: 1_200, p95Ms: 300 });
  expect(bestStep([slow, fast, failed], 100)).toBe(fast);
  expect(bestStep([failed], 100)).toBeUndefined();
});

test("CPU time is given to whoever took it, and what is left of the machine's to the rest", () => {
  const cores = coresBetween({ generator: 1, trading: 10, machine: 100 }, { generator: 2, trading: 16, machine: 120 }, 10);
  expect(cores).toEqual({ generator: 0.1, trading: 0.6, rest: 1.3 });
});

test("a histogram's time and count are summed over its series with the labels that are asked for", () => {
  const text = [
    'db_query_duration_seconds_bucket{le="1",outcome="ok"} 3',
    'db_query_duration_seconds_sum{outcome="ok",service="trading"} 0.5',
    'db_query_duration_seconds_sum{outcome="error",service="trading"} 9',
    'db_query_duration_seconds_count{outcome="ok",service="trading"} 100',
    'other_sum{outcome="ok"} 7',
  ].join("\n");
  expect(histogramOf(text, "db_query_duration_seconds", { outcome: "ok" })).toEqual({ sum: 0.5, count: 100 });
});

test("growth is what came between two looks", () => {
  const marks = { databaseBytes: 1_000, walBytes: 500, walSyncs: 3, commits: 7, events: 2, effects: 4 };
  const later = { databaseBytes: 5_000, walBytes: 900, walSyncs: 5, commits: 17, events: 12, effects: 54 };
  expect(growthBetween(marks, later, 10)).toEqual({ trades: 10, databaseBytes: 4_000, walBytes: 400, walSyncs: 2, commits: 10, events: 10, effects: 50 });
});

test("the report says for each goal whether it was reached, and what was wrong", () => {
  const good = report(aResult({})).join("\n");
  expect(good).toContain("| 1,000 durable trades/s with p95 < 100 ms | yes: 1,000/s, p95 40.0 ms |");
  expect(good).toContain("| database work of an order under 5 ms at that load | yes: 2.0 ms (a transaction of 4.0 orders takes 8.0 ms) |");
  expect(good).toContain("took 8.4 ms of its time in half of the tries, 7.0 ms in the best twentieth");
  expect(good).toContain("0.41 ms (p50), 4.3 ms (p99), 148 ms at most");
  const bad = report(aResult({ steps: [aStep({ p95Ms: 500 })], wrong: ["players' profiles count 9 of 10 trades"] })).join("\n");
  expect(bad).toContain("| no: no rate met it |");
  expect(bad).toContain("| no: players' profiles count 9 of 10 trades |");
});
