import { expect, test } from "vitest";
import { nameOfFailure, outcomeOf, retryAfterSeconds } from "../../../../infra/simulate/outcome.ts";
import { limitHint, progressLine, summaryTable } from "../../../../infra/simulate/screen.ts";
import { Statistics, Times } from "../../../../infra/simulate/statistics.ts";

test("quantiles are those of the times within the histogram's three digits, and 0 without any", () => {
  const times = new Times();
  expect(times.quantileMs(0.5)).toBe(0);
  for (let ms = 1; ms <= 1_000; ms += 1) times.add(ms);
  expect(times.quantileMs(0.5)).toBeCloseTo(500, 0);
  expect(times.quantileMs(0.99)).toBeGreaterThanOrEqual(989);
  expect(times.quantileMs(0.99)).toBeLessThanOrEqual(991);
  times.add(10_000_000);
  expect(times.quantileMs(1)).toBeGreaterThan(119_000);
});

test.each([
  [201, undefined, "ok"],
  [422, "insufficient-balance", "refused"],
  [404, "entry-not-found", "refused"],
  [409, "listing-ended", "refused"],
  [403, "not-your-listing", "refused"],
  [429, "rate-limited", "limited"],
  [503, "password-work-busy", "limited"],
  [503, "database-busy", "failed"],
  [500, undefined, "failed"],
  [400, "validation-failed", "failed"],
  [401, "invalid-token", "failed"],
] as const)("status %i with code %s counts as %s", (status, code, outcome) => {
  expect(outcomeOf(status, code)).toBe(outcome);
});

test("takes the seconds of Retry-After, within bounds", () => {
  expect(retryAfterSeconds("7")).toBe(7);
  expect(retryAfterSeconds(undefined)).toBe(1);
  expect(retryAfterSeconds("Wed, 21 Oct 2026 07:28:00 GMT")).toBe(1);
  expect(retryAfterSeconds("999999")).toBe(3600);
});

test("names what broke by its own code", () => {
  expect(nameOfFailure(Object.assign(new Error("gone"), { code: "ECONNRESET" }))).toBe("ECONNRESET");
  expect(nameOfFailure(new TypeError("odd"))).toBe("TypeError");
});

function filled(): Statistics {
  const statistics = new Statistics();
  for (let n = 0; n < 8; n += 1) statistics.add({ action: "trade", outcome: "ok", code: "201", elapsedMs: 10 });
  statistics.add({ action: "trade", outcome: "refused", code: "422", elapsedMs: 10 });
  statistics.add({ action: "trade", outcome: "limited", code: "429", elapsedMs: 10 });
  statistics.add({ action: "feed", outcome: "failed", code: "ECONNRESET", elapsedMs: 2_000 });
  return statistics;
}

test("the summary has a row for each action that was done, in a fixed order, and one for all", () => {
  expect(summaryTable(filled())).toEqual([
    "action  count  ok  refused  limited  failed  p50 ms  p95 ms  p99 ms  not ok",
    "trade      10   8        1        1       0      10      10      10  422: 1, 429: 1",
    "feed        1   0        0        0       1    2001    2001    2001  ECONNRESET: 1",
    "all        11   8        1        1       1      10      10    2001  422: 1, 429: 1, ECONNRESET: 1",
  ]);
});

test("the progress line tells the last moments' rate and times, and all errors by code", () => {
  const statistics = filled();
  statistics.takeRecent();
  for (let n = 0; n < 30; n += 1) statistics.add({ action: "feed", outcome: "ok", code: "200", elapsedMs: 4 });
  const line = progressLine({ elapsedMs: 12_000, recent: statistics.takeRecent(), recentMs: 1_000, all: statistics.all, registered: 7, people: 20, inFlight: 3 });
  expect(line).toBe("12 s  30 requests/s  p50 4.0 p95 4.0 p99 4.0 ms  users 7/20  under way 3  failed 1  422: 1, 429: 1, ECONNRESET: 1");
});

test("says how many were limited and which setting raises the limits by how much", () => {
  const facts = { heldBack: 4, perUser: 200, perService: 1_000, rate: 100, suffix: " --environment demo" };
  expect(limitHint({ ...facts, limited: 0, heldBack: 0 })).toEqual([]);
  const text = limitHint({ ...facts, limited: 31 }).join("\n");
  expect(text).toContain("31 requests were limited, and 4 were not sent");
  expect(text).toContain("200 requests a minute of one user, 1000 to one service (astratrade:limits)");
  expect(text).toContain("./astra up --environment demo --config limits.perUser=6000 --config limits.perService=6000");
});
