import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { countersOf, pointsFor, XP_RULES } from "../../../../services/gamification/xp-rules.ts";

const none = new Decimal(0);

describe("R-SVC-1 XP rules", () => {
  it.each([
    ["0", 10],
    ["99.99", 10],
    ["100", 11],
    ["1000", 20],
    ["10000", 110],
    ["10000000", 110],
  ])("gives a trade of %s quote units %i points", (amount, points) => {
    expect(pointsFor("trade-executed", new Decimal(amount), 0)).toBe(points);
  });

  it.each([
    ["closed-with-profit", 25],
    ["post-created", 5],
    ["post-liked", 1],
    ["nft-minted", 15],
  ] as const)("gives %s %i points", (rule, points) => {
    expect(pointsFor(rule, none, 0)).toBe(points);
  });

  it("gives the last like that counts today its point, and the next one none", () => {
    const most = XP_RULES["post-liked"].timesPerDay;
    expect(pointsFor("post-liked", none, most - 1)).toBe(1);
    expect(pointsFor("post-liked", none, most)).toBe(0);
  });

  it("gives every trade of a day its points", () => {
    expect(pointsFor("trade-executed", none, 100_000)).toBe(10);
  });

  it("counts a trade once and its amount as volume", () => {
    expect([...countersOf("trade-executed", new Decimal("0.1"))].map(([name, by]) => [name, by.toFixed()])).toEqual([
      ["trades", "1"],
      ["volume", "0.1"],
    ]);
  });
});
