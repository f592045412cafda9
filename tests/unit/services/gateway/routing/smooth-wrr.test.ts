import { describe, expect, it } from "vitest";
import { SmoothRoundRobin, type Weighted } from "../../../../../services/gateway/routing/smooth-wrr.ts";

function picks(choices: readonly Weighted<string>[], count: number): string {
  const turn = new SmoothRoundRobin<string>();
  return Array.from({ length: count }, () => turn.pick(choices) ?? "-").join("");
}

describe("smooth weighted round robin", () => {
  it("spreads a small share evenly instead of in bursts", () => {
    expect(picks([{ key: "a", weight: 5 }, { key: "b", weight: 1 }, { key: "c", weight: 1 }], 7)).toBe("aabacaa");
  });

  it("gives exactly the weights over their sum of picks (R-GW-2)", () => {
    const seen = picks([{ key: "b", weight: 95 }, { key: "g", weight: 5 }], 100);
    expect(seen.replaceAll("b", "")).toHaveLength(5);
  });

  it("never picks what has no weight", () => {
    expect(picks([{ key: "a", weight: 100 }, { key: "b", weight: 0 }], 4)).toBe("aaaa");
  });

  it("picks nothing where nothing has weight", () => {
    expect(picks([{ key: "a", weight: 0 }], 1)).toBe("-");
    expect(picks([], 1)).toBe("-");
  });
});
