import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { advance, type DatedDeed, type Progress } from "../../../../services/gamification/progress.ts";

const fresh = (changes: Partial<Progress> = {}): Progress => ({
  xp: 0,
  level: 1,
  measures: new Map(),
  unlocked: new Set(),
  timesOnDay: new Map(),
  ...changes,
});

const deed = (rule: DatedDeed["rule"], amount = "0", day = "2025-01-31"): DatedDeed => ({ userId: 1, rule, amount: new Decimal(amount), day });

describe("R-SVC-1 progress of a player", () => {
  it("adds points, achievement and their sum in the order in which they came", () => {
    const player = fresh();
    const { awards, unlocked, level } = advance(player, deed("trade-executed", "1000"));
    expect(awards).toEqual([
      { reason: "trade-executed", xp: 20, totalXp: 20 },
      { reason: "achievement:first-trade", xp: 20, totalXp: 40 },
    ]);
    expect(unlocked.map(({ id }) => id)).toEqual(["first-trade"]);
    expect(level).toBeUndefined();
  });

  it("gives an achievement once", () => {
    const player = fresh();
    advance(player, deed("trade-executed"));
    expect(advance(player, deed("trade-executed")).unlocked).toEqual([]);
  });

  it("lets the points of one achievement lead to the next", () => {
    // 4,480 points are level 9; level 10 begins at 4,500.
    const player = fresh({ xp: 4_480, level: 9 });
    const { unlocked, awards, level } = advance(player, deed("nft-bought"));
    expect(unlocked.map(({ id }) => id)).toEqual(["first-purchase", "level-10"]);
    expect(awards.at(-1)).toEqual({ reason: "achievement:level-10", xp: 100, totalXp: 4_615 });
    expect(level).toBe(10);
  });

  it("gives a capped rule no points beyond its cap, and again the next day", () => {
    const player = fresh();
    for (let n = 0; n < 20; n += 1) advance(player, deed("post-created"));
    const before = player.xp;
    expect(advance(player, deed("post-created")).awards).toEqual([]);
    expect(player.xp).toBe(before);
    expect(advance(player, deed("post-created", "0", "2025-02-01")).awards).toHaveLength(1);
    expect(player.measures.get("posts")?.toFixed()).toBe("22");
  });
});
