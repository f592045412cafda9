import { describe, expect, it } from "vitest";
import { levelOf, xpOfLevel } from "../../../../services/gamification/levels.ts";

describe("R-SVC-1 levels", () => {
  it.each([
    [0, 1],
    [99, 1],
    [100, 2],
    [299, 2],
    [300, 3],
    [599, 3],
    [600, 4],
  ])("puts a player of %i XP on level %i", (xp, level) => {
    expect(levelOf(xp)).toBe(level);
  });

  it("begins each of the first 5,000 levels exactly at its XP and not one point earlier", () => {
    for (let level = 2; level <= 5_000; level += 1) {
      expect([levelOf(xpOfLevel(level) - 1), levelOf(xpOfLevel(level))]).toEqual([level - 1, level]);
    }
  });

  it("stays exact where a square root is not", () => {
    const level = 9_000_001;
    expect(levelOf(xpOfLevel(level))).toBe(level);
    expect(levelOf(xpOfLevel(level) - 1)).toBe(level - 1);
  });
});
