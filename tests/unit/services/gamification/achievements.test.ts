import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { isMet, type Measure } from "../../../../services/gamification/condition.ts";
import { achievementOf, ACHIEVEMENTS, achievementsMet } from "../../../../services/gamification/achievements.ts";

const met = (counters: Record<string, string>): readonly string[] =>
  achievementsMet(
    new Map(Object.entries(counters).map(([name, value]) => [name as Measure, new Decimal(value)])),
  ).map(({ id }) => id);

describe("R-SVC-1 achievements", () => {
  it("gives a player who has done nothing nothing", () => {
    expect(met({})).toEqual([]);
  });

  it("is met by the first trade and again by the tenth", () => {
    expect(met({ trades: "1" })).toEqual(["first-trade"]);
    expect(met({ trades: "9" })).toEqual(["first-trade"]);
    expect(met({ trades: "10" })).toEqual(["first-trade", "ten-trades"]);
  });

  it("is met by a volume of exactly 100,000 and not by a fraction less", () => {
    expect(met({ volume: "99999.999999999999999999" })).toEqual([]);
    expect(met({ volume: "100000" })).toEqual(["volume-100k"]);
  });

  it("may ask for several things at once, or for one of several", () => {
    expect(met({ trades: "10", posts: "5" })).not.toContain("all-rounder");
    expect(met({ trades: "10", comments: "5", nfts: "1" })).toContain("all-rounder");
    expect(met({ trades: "9", comments: "5", nfts: "1" })).not.toContain("all-rounder");
    expect(isMet({ all: [] }, new Map())).toBe(true);
    expect(isMet({ any: [] }, new Map())).toBe(false);
  });

  it("is met by streaks and levels as by counters", () => {
    expect(met({ streak: "6", level: "9" })).toEqual(["streak-3"]);
    expect(met({ streak: "7", level: "10" })).toEqual(["streak-3", "streak-7", "level-10"]);
  });

  it("has ids that are unique", () => {
    expect(new Set(ACHIEVEMENTS.map(({ id }) => id)).size).toBe(ACHIEVEMENTS.length);
  });

  it("still names an unlocked achievement that the catalogue has lost", () => {
    expect(achievementOf("retired")).toEqual({ id: "retired", name: "retired", description: "" });
  });
});
