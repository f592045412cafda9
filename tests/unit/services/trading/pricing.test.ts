import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { findInstrument, type Instrument } from "../../../../services/trading/instruments.ts";
import { closingPrice, feeOn, marginFor, openingPrice, quantityFor, sidesOf } from "../../../../services/trading/pricing.ts";

const instrument: Instrument = {
  symbol: "BTC/USD",
  name: "Bitcoin",
  priceDecimals: 2,
  spreadBasisPoints: 10,
  simulatedPrice: "50000",
  simulatedVolatility: 0,
};

describe("pricing (R-SVC-1)", () => {
  it("puts half of the spread on each side of the feed's price", () => {
    const { bid, ask } = sidesOf(new Decimal("50000"), instrument);
    expect([bid.toFixed(2), ask.toFixed(2)]).toEqual(["49975.00", "50025.00"]);
  });

  it("rounds away from the feed's price, so that rounding never eats the spread", () => {
    const { bid, ask } = sidesOf(new Decimal("1.01"), instrument);
    expect([bid.toFixed(), ask.toFixed()]).toEqual(["1", "1.02"]);
  });

  it.each([
    ["LONG", "opens at the ask", openingPrice, "102"],
    ["SHORT", "opens at the bid", openingPrice, "98"],
    ["LONG", "closes at the bid", closingPrice, "98"],
    ["SHORT", "closes at the ask", closingPrice, "102"],
  ] as const)("%s %s", (direction, _what, priceOf, expected) => {
    expect(priceOf(direction, { bid: new Decimal(98), ask: new Decimal(102) }).toFixed()).toBe(expected);
  });

  it("rounds what an amount buys down to eight decimals", () => {
    expect(quantityFor(new Decimal("1000"), new Decimal("64012.8")).toFixed()).toBe("0.01562187");
    expect(quantityFor(new Decimal("0.01"), new Decimal("999999999")).toFixed()).toBe("0");
  });

  it.each([
    ["1000", "1.00"],
    ["1000.01", "1.01"],
    ["1", "0.01"],
    ["0", "0.00"],
  ])("takes 0.1 %% of %s, rounded up to the cent: %s", (amount, fee) => {
    expect(feeOn(new Decimal(amount)).toFixed(2)).toBe(fee);
  });

  it("asks for an n-th of the amount with leverage n, rounded up to the cent", () => {
    expect(marginFor(new Decimal("1000"), 1).toFixed(2)).toBe("1000.00");
    expect(marginFor(new Decimal("1000"), 3).toFixed(2)).toBe("333.34");
  });

  it("keeps amounts exact that a float cannot hold", () => {
    expect(quantityFor(new Decimal("0.3"), new Decimal("0.1")).toFixed()).toBe("3");
    expect(feeOn(new Decimal("9007199254740993.50")).toFixed(2)).toBe("9007199254741.00");
  });
});

describe("instruments", () => {
  it("are found by the symbol as it stands in a body and in a path", () => {
    expect(findInstrument("BTC/USD")?.name).toBe("Bitcoin");
    expect(findInstrument("BTC-USD")?.name).toBe("Bitcoin");
  });

  it("are not found by anything else", () => {
    for (const symbol of ["btc/usd", "BTCUSD", "", "BTC/USD ", "__proto__"]) expect(findInstrument(symbol)).toBeUndefined();
  });
});
