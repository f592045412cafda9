import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { freshQuote, MAX_PRICE_AGE_MS } from "../../../../services/trading/feed/fresh-quote.ts";
import { type PriceFeed, PriceUnavailable } from "../../../../services/trading/feed/price-feed.ts";
import { instruments } from "../../../../services/trading/instruments.ts";

const [instrument] = instruments;
if (!instrument) throw new Error("there has to be an instrument");
const now = 1_000_000;
const clock = { now: () => now };

function feedOf(age: number | Error): PriceFeed {
  return {
    name: "test",
    quote: ({ symbol }) =>
      age instanceof Error ? Promise.reject(age) : Promise.resolve({ symbol, price: new Decimal(100), atMs: now - age }),
    close: () => Promise.resolve(),
  };
}

describe("the price of an order", () => {
  it.each([0, MAX_PRICE_AGE_MS])("may be %s ms old", async (age) => {
    expect((await freshQuote(feedOf(age), instrument, clock)).price.toFixed()).toBe("100");
  });

  it("is refused when it is older", async () => {
    await expect(freshQuote(feedOf(MAX_PRICE_AGE_MS + 1), instrument, clock)).rejects.toMatchObject({
      status: 503,
      code: "price-stale",
      retryAfterSeconds: 5,
    });
  });

  it("is refused when there is none", async () => {
    await expect(freshQuote(feedOf(new PriceUnavailable("BTC/USD")), instrument, clock)).rejects.toMatchObject({
      status: 503,
      code: "price-unavailable",
    });
  });

  it("does not hide an error of another kind", async () => {
    await expect(freshQuote(feedOf(new TypeError("a mistake")), instrument, clock)).rejects.toThrow("a mistake");
  });
});
