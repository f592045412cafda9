import { describe, expect, it } from "vitest";
import { readTradingSettings } from "../../../../services/trading/settings.ts";

describe("trading settings", () => {
  it("ask for simulated prices where no address is given", () => {
    expect(readTradingSettings({})).toEqual({});
    expect(readTradingSettings({ ASTRA_PRICE_FEED_URL: "" })).toEqual({});
  });

  it("take the address of a price API", () => {
    expect(readTradingSettings({ ASTRA_PRICE_FEED_URL: "https://prices.example" })).toEqual({
      priceFeedUrl: "https://prices.example",
    });
  });

  it.each(["prices.example", "ftp://prices.example"])("refuse what is no web address: %s", (url) => {
    expect(() => readTradingSettings({ ASTRA_PRICE_FEED_URL: url })).toThrow(
      `ASTRA_PRICE_FEED_URL: takes an http or https address such as "https://api.exchange.coinbase.com" (got "${url}")`,
    );
  });
});
