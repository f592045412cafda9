import { describe, expect, it } from "vitest";
import { rewardOf } from "../../../../services/nft/reward-catalogue.ts";

describe("rewards", () => {
  it("are known for an achievement of the catalogue", () => {
    expect(rewardOf("first-trade", "First trade")).toEqual({ name: "Opening Bell", rarity: "common" });
  });

  it("are common tokens of the achievement's title for one that is new here", () => {
    expect(rewardOf("moon-landing", "To the moon")).toEqual({ name: "To the moon", rarity: "common" });
    expect(rewardOf("moon-landing", undefined)).toEqual({ name: "moon-landing", rarity: "common" });
  });
});
