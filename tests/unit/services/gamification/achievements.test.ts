import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { achievementOf, ACHIEVEMENTS, achievementsMet } from "../../../../services/gamification/achievements.ts";

const met = (counters: Record<string, string>): readonly string[] =>
  achievementsMet(
    new Map(Object.entries(counters).map(([name, value]) => [name as "trades", new Decimal(value)])),
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

  it("has ids that are unique", () => {
    expect(new Set(ACHIEVEMENTS.map(({ id }) => id)).size).toBe(ACHIEVEMENTS.length);
  });

  it("still names an unlocked achievement that the catalogue has lost", () => {
    expect(achievementOf("retired")).toEqual({ id: "retired", name: "retired", description: "" });
  });
});
