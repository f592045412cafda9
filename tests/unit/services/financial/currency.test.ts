import { describe, expect, it } from "vitest";
import { quoteCurrency } from "../../../../services/financial/currency.ts";

describe("R-SVC-1 currency of a trade", () => {
  it("is the quote of its symbol", () => {
    expect(quoteCurrency("BTC/USD")).toBe("USD");
    expect(quoteCurrency("ETH/USDT")).toBe("USDT");
  });

  it.each(["", "BTC", "BTC/", "/USD", "BTC/USD/EUR", "btc/usd"])('refuses to guess it from "%s"', (symbol) => {
    expect(() => quoteCurrency(symbol)).toThrow(`asset symbol "${symbol}" is not of the form "BTC/USD"`);
  });
});
