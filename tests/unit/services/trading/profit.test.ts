import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { type Holding, profitAt, settle } from "../../../../services/trading/profit.ts";

function holding(change: Partial<Holding> = {}): Holding {
  return { direction: "LONG", quantity: new Decimal("10"), entryPrice: new Decimal("100"), margin: new Decimal("1000"), ...change };
}

function figures(position: Holding, price: string): Record<string, string> {
  const { amount, profit, fee, payout } = settle(position, new Decimal(price));
  return { amount: amount.toFixed(2), profit: profit.toFixed(2), fee: fee.toFixed(2), payout: payout.toFixed(2) };
}

describe("profit and loss (R-SVC-1)", () => {
  it("gives a LONG the rise of the price", () => {
    expect(figures(holding(), "110")).toEqual({ amount: "1100.00", profit: "100.00", fee: "1.10", payout: "1098.90" });
  });

  it("gives a SHORT the fall of the price", () => {
    expect(figures(holding({ direction: "SHORT" }), "90")).toEqual({
      amount: "900.00",
      profit: "100.00",
      fee: "0.90",
      payout: "1099.10",
    });
  });

  it("takes a loss from what was put in", () => {
    expect(figures(holding(), "95")).toEqual({ amount: "950.00", profit: "-50.00", fee: "0.95", payout: "949.05" });
  });

  it("multiplies with leverage: the whole amount moves, a part of it was put in", () => {
    expect(figures(holding({ margin: new Decimal("200") }), "110").profit).toBe("100.00");
  });

  it("ends a loss at the margin, with nothing left for a fee", () => {
    expect(figures(holding({ margin: new Decimal("200") }), "50")).toEqual({
      amount: "500.00",
      profit: "-200.00",
      fee: "0.00",
      payout: "0.00",
    });
    expect(figures(holding({ direction: "SHORT", margin: new Decimal("200") }), "1000").payout).toBe("0.00");
  });

  it("takes no more fee than what comes back", () => {
    expect(figures(holding({ margin: new Decimal("200") }), "80.01")).toEqual({
      amount: "800.10",
      profit: "-199.90",
      fee: "0.10",
      payout: "0.00",
    });
  });

  it("rounds a profit down and a loss up, to the cent", () => {
    const position = holding({ quantity: new Decimal("0.015") });
    expect(profitAt(position, new Decimal("101")).toFixed(3)).toBe("0.010");
    expect(profitAt(position, new Decimal("99")).toFixed(3)).toBe("-0.020");
  });
});
