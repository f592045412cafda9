import { describe, expect, it } from "vitest";
import { SmoothRoundRobin } from "../../../../../services/gateway/routing/smooth-wrr.ts";

interface Weighted {
  readonly key: string;
  readonly weight: number;
}

function picks(choices: readonly Weighted[], count: number): string {
  const turn = new SmoothRoundRobin<string>();
  return Array.from({ length: count }, () => turn.pick(choices, ({ key }) => key, ({ weight }) => weight)?.key ?? "-").join("");
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

  it("stays fair while items come and go by the hundred", () => {
    const turn = new SmoothRoundRobin<string>();
    const pick = (keys: readonly string[]): string | undefined => turn.pick(keys, (key) => key, () => 1);
    for (let run = 0; run < 300; run += 1) pick([`gone-${run}`, "a"]);
    expect([pick(["a", "b"]), pick(["a", "b"])].sort()).toEqual(["a", "b"]);
  });
});
