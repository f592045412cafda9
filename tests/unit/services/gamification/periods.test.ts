import { describe, expect, it } from "vitest";
import { startOfPeriod } from "../../../../services/gamification/periods.ts";

const at = (iso: string): number => Date.parse(iso);

describe("R-SVC-1 leaderboard periods", () => {
  it("has one period for all time", () => {
    expect(startOfPeriod("all", at("2026-11-21T08:00:00Z"))).toBe("1970-01-01");
  });

  it("begins a day at midnight UTC", () => {
    expect(startOfPeriod("daily", at("2026-11-20T23:59:59.999Z"))).toBe("2026-11-20");
    expect(startOfPeriod("daily", at("2026-11-21T00:00:00Z"))).toBe("2026-11-21");
  });

  it.each([
    ["2026-11-22T23:59:59.999Z", "2026-11-16"],
    ["2026-11-23T00:00:00Z", "2026-11-23"],
    ["2026-01-01T12:00:00Z", "2025-12-29"],
  ])("begins the week of %s on Monday %s", (moment, monday) => {
    expect(startOfPeriod("weekly", at(moment))).toBe(monday);
  });
});
