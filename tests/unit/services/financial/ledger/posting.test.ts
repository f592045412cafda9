import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { ACCOUNTS, accountsOf } from "../../../../../services/financial/ledger/accounts.ts";
import { type Income, postingOfIncome, type TransactionKind } from "../../../../../services/financial/ledger/posting.ts";

const fee: Income = {
  kind: "trade-fee",
  reference: "e1",
  userId: 123,
  occurredAt: "2026-11-21T08:00:00.000Z",
  amount: new Decimal("1.05"),
  currency: "USD",
};

const lines = (income: Income): readonly string[] | undefined =>
  postingOfIncome(income)?.entries.map(({ account, currency, amount }) => `${account} ${amount.toFixed()} ${currency}`);

describe("R-SVC-1 ledger postings", () => {
  it.each<[TransactionKind, readonly string[]]>([
    ["trade-fee", ["trading-clearing 1.05 USD", "trading-fees -1.05 USD"]],
    ["marketplace-commission", ["marketplace-clearing 1.05 USD", "marketplace-commission -1.05 USD"]],
    ["subscription-payment", ["payments-clearing 1.05 USD", "subscriptions -1.05 USD"]],
  ])("debits what holds the money of a %s and credits its revenue", (kind, expected) => {
    expect(lines({ ...fee, kind })).toEqual(expected);
  });

  it.each(["0.000000000000000001", "99999999999999999999.999999999999999999"])("balances %s exactly", (amount) => {
    const [debit, credit, ...more] = postingOfIncome({ ...fee, amount: new Decimal(amount) })?.entries ?? [];
    expect([debit?.amount.toFixed(), credit?.amount.toFixed(), more]).toEqual([amount, `-${amount}`, []]);
  });

  it.each(["0", "-0"])("makes no transaction of %s", (amount) => {
    expect(postingOfIncome({ ...fee, amount: new Decimal(amount) })).toBeUndefined();
  });

  it("refuses an income below zero", () => {
    expect(() => postingOfIncome({ ...fee, amount: new Decimal("-0.01") })).toThrow(
      "income of trade-fee e1 is negative (-0.01)",
    );
  });

  it("has revenue accounts for the three sources of income and no other", () => {
    expect(accountsOf("revenue")).toEqual(["trading-fees", "marketplace-commission", "subscriptions"]);
    expect(Object.keys(ACCOUNTS)).toHaveLength(6);
  });
});
