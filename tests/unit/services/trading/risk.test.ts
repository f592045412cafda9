import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { Problem } from "../../../../services/base/problem.ts";
import { admit, type Means, type OrderSize } from "../../../../services/trading/risk.ts";
import { DEMO, STANDARD, type Tier, tierNamed, tierOf } from "../../../../services/trading/tiers.ts";

const tier: Tier = {
  name: "test",
  startBalance: "1000.00",
  minOrder: "10.00",
  maxOrder: "5000.00",
  maxExposure: "6000.00",
  maxOpenPositions: 3,
  maxLeverage: 5,
};

function order(change: { amount?: string; leverage?: number } = {}): OrderSize {
  return { amount: new Decimal(change.amount ?? "500"), leverage: change.leverage ?? 1 };
}

function means(change: { balance?: string; exposure?: string; openPositions?: number } = {}): Means {
  return {
    balance: new Decimal(change.balance ?? "1000"),
    exposure: new Decimal(change.exposure ?? "0"),
    openPositions: change.openPositions ?? 0,
  };
}

function refusal(size: OrderSize, has: Means): Pick<Problem, "status" | "code" | "errors"> {
  try {
    admit(size, has, tier);
  } catch (error) {
    if (error instanceof Problem) return { status: error.status, code: error.code, errors: error.errors };
    throw error;
  }
  throw new Error("the order was admitted");
}

describe("risk limits (R-SVC-1, R-SVC-4)", () => {
  it("admit an order and say what it takes from the balance", () => {
    const { margin, fee } = admit(order(), means(), tier);
    expect([margin.toFixed(2), fee.toFixed(2)]).toEqual(["500.00", "0.50"]);
  });

  it.each(["10", "5000"])("admit the bound itself: %s", (amount) => {
    expect(() => admit(order({ amount, leverage: 5 }), means({ balance: "10000" }), tier)).not.toThrow();
  });

  it.each(["9.99", "5000.01", "0", "-500"])("refuse an amount out of bounds: %s", (amount) => {
    expect(refusal(order({ amount }), means({ balance: "10000" }))).toEqual({
      status: 422,
      code: "order-out-of-bounds",
      errors: [{ path: "/body/amount", message: "takes 10.00 to 5000.00 in quote currency" }],
    });
  });

  it("name all that is wrong with an order together", () => {
    expect(refusal(order({ amount: "0.001", leverage: 6 }), means()).errors?.map((error) => error.path)).toEqual([
      "/body/amount",
      "/body/amount",
      "/body/leverage",
    ]);
  });

  it.each([0, 1.5, 6])("refuse a leverage out of bounds: %s", (leverage) => {
    expect(refusal(order({ leverage }), means()).errors).toEqual([
      { path: "/body/leverage", message: "takes a whole number from 1 to 5" },
    ]);
  });

  it("take the balance to the cent, fee included", () => {
    expect(() => admit(order(), means({ balance: "500.50" }), tier)).not.toThrow();
    expect(refusal(order(), means({ balance: "500.49" }))).toEqual({
      status: 422,
      code: "insufficient-balance",
      errors: [{ path: "/body/amount", message: "needs 500.50 with the fee; the balance is 500.49" }],
    });
  });

  it("take the exposure of all open positions together", () => {
    expect(() => admit(order(), means({ exposure: "5500" }), tier)).not.toThrow();
    expect(refusal(order(), means({ exposure: "5500.01" }))).toEqual({
      status: 422,
      code: "exposure-limit",
      errors: [{ path: "/body/amount", message: "open positions leave room for 499.99 more" }],
    });
  });

  it("bound the number of open positions", () => {
    expect(() => admit(order(), means({ openPositions: 2 }), tier)).not.toThrow();
    expect(refusal(order(), means({ openPositions: 3 })).code).toBe("position-limit");
  });
});

describe("account tiers", () => {
  it("start everybody with 100000.00, and the demo user with what does not run out", () => {
    expect(tierOf(1000)).toBe(STANDARD);
    expect(STANDARD.startBalance).toBe("100000.00");
    expect(tierOf(123)).toBe(DEMO);
  });

  it("refuse a name that this version does not know", () => {
    expect(() => tierNamed("gold")).toThrow('account tier "gold" is unknown; known: standard, plus, pro, demo');
  });
});
