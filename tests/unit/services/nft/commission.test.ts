import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { splitPrice } from "../../../../services/nft/commission.ts";

describe("commission of a sale (R-SVC-1)", () => {
  it.each([
    ["100.00", "2.50", "97.50"],
    ["1.00", "0.03", "0.97"],
    ["0.01", "0.00", "0.01"],
    ["0.20", "0.01", "0.19"],
    ["1000000.00", "25000.00", "975000.00"],
  ])("of %s is %s, and the seller gets %s", (price, commission, proceeds) => {
    const split = splitPrice(new Decimal(price));
    expect([split.commission.toFixed(2), split.proceeds.toFixed(2)]).toEqual([commission, proceeds]);
  });

  it("and the proceeds add up to the price, whatever the price", () => {
    for (let cents = 1; cents <= 1_000; cents += 1) {
      const price = new Decimal(cents).div(100);
      const { commission, proceeds } = splitPrice(price);
      expect(commission.plus(proceeds).eq(price)).toBe(true);
    }
  });
});
