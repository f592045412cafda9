import { describe, expect, it } from "vitest";
import { instruments } from "../../../../services/trading/instruments.ts";
import { walk, WALK_LIMIT } from "../../../../services/trading/feed/random-walk.ts";
import { simulatedFeed, simulatedQuote } from "../../../../services/trading/feed/simulated-feed.ts";

const noon = Date.parse("2025-01-31T12:00:00.000Z");
const [bitcoin, ether] = instruments;
if (!bitcoin || !ether) throw new Error("there have to be two instruments at least");

describe("simulated prices (R-SVC-1)", () => {
  it("are the same for every instance: a function of symbol and second", () => {
    expect(simulatedQuote(bitcoin, noon + 1)).toEqual(simulatedQuote(bitcoin, noon + 999));
  });

  it("say which second they are of", () => {
    expect(simulatedQuote(bitcoin, noon + 1999).atMs).toBe(noon + 1000);
  });

  it("are asked for as often as one likes, and are always those of the second and the asset", async () => {
    let nowMs = noon;
    const feed = simulatedFeed({ now: () => nowMs });
    for (const at of [noon, noon + 999, noon + 1_000, noon + 61_500, noon]) {
      nowMs = at;
      for (const instrument of [bitcoin, ether]) expect(await feed.quote(instrument)).toEqual(simulatedQuote(instrument, at));
    }
  });

  it("move from second to second, each symbol on a way of its own", () => {
    const path = (seed: string) => Array.from({ length: 60 }, (_, second) => walk(seed, BigInt(noon / 1000 + second), 100n));
    expect(new Set(path("BTC/USD")).size).toBeGreaterThan(50);
    expect(path("BTC/USD")).not.toEqual(path("ETH/USD"));
  });

  it("never jump: a second changes a price by no more than the slopes of all octaves together", () => {
    const volatility = 100n;
    for (let second = 0n; second < 2_000n; second += 1n) {
      const step = walk("BTC/USD", second + 1n, volatility) - walk("BTC/USD", second, volatility);
      expect(step < 4n * volatility && step > -4n * volatility).toBe(true);
    }
  });

  it("stay within the bound, and so above zero", () => {
    const day = 86_400;
    for (const instrument of instruments) {
      expect(WALK_LIMIT * BigInt(instrument.simulatedVolatility)).toBeLessThan(500_000n);
      for (let n = 0; n < 200; n += 1) {
        expect(simulatedQuote(instrument, noon + n * day * 1000).price.gt(0)).toBe(true);
      }
    }
  });

  it("wander further the more time passes", () => {
    const spread = (seconds: number) => {
      const moves = Array.from({ length: 100 }, (_, n) => {
        const from = BigInt(noon / 1000 + n * 500_000);
        const move = walk("spread", from + BigInt(seconds), 100n) - walk("spread", from, 100n);
        return Number(move < 0n ? -move : move);
      });
      return moves.reduce((sum, move) => sum + move, 0);
    };
    expect(spread(60)).toBeGreaterThan(2 * spread(1));
    expect(spread(3600)).toBeGreaterThan(2 * spread(60));
  });
});
