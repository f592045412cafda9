import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { revenueTotals } from "../../../../../services/financial/ledger/store-revenue.ts";

const of = (day: string, source: string, currency: string, amount: string) => ({
  day,
  source,
  currency,
  amount: new Decimal(amount),
});

describe("R-SVC-1 revenue", () => {
  it("is nothing without income", () => {
    expect(revenueTotals([])).toEqual([]);
  });

  it("adds up days exactly and never mixes sources or currencies", () => {
    const totals = revenueTotals([
      of("2026-11-20", "trading-fees", "USD", "0.1"),
      of("2026-11-20", "subscriptions", "USD", "9.99"),
      of("2026-11-21", "trading-fees", "USD", "0.2"),
      of("2026-11-21", "trading-fees", "EUR", "1"),
    ]);
    expect(totals.map(({ source, currency, amount }) => `${source} ${amount.toFixed()} ${currency}`)).toEqual([
      "trading-fees 0.3 USD",
      "subscriptions 9.99 USD",
      "trading-fees 1 EUR",
    ]);
  });
});
