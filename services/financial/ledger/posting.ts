import type { Decimal } from "decimal.js";
import type { Account } from "./accounts.ts";

/** One line of a transaction: a debit is positive, a credit negative. */
export interface LedgerEntry {
  readonly account: Account;
  readonly currency: string;
  readonly amount: Decimal;
}

/** Why money moved. */
export type TransactionKind = "trade-fee" | "marketplace-commission" | "subscription-payment";

/** A transaction that is about to be posted. */
export interface Posting {
  readonly kind: TransactionKind;
  /** What it is for; a kind has each reference once. */
  readonly reference: string;
  /** Who paid. */
  readonly userId: number;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
  readonly entries: readonly LedgerEntry[];
}

/** From where a kind of income comes, and what income it is. */
const ROUTES: Readonly<Record<TransactionKind, { readonly debit: Account; readonly credit: Account }>> = {
  "trade-fee": { debit: "trading-clearing", credit: "trading-fees" },
  "marketplace-commission": { debit: "marketplace-clearing", credit: "marketplace-commission" },
  "subscription-payment": { debit: "payments-clearing", credit: "subscriptions" },
};

/** What is known of an income. */
export interface Income extends Omit<Posting, "entries"> {
  readonly amount: Decimal;
  readonly currency: string;
}

/**
 * The transaction that records an income; absent for nothing at all, which is no transaction.
 *
 * @throws Error for a negative amount: money that goes back is a transaction of its own
 */
export function postingOfIncome({ amount, currency, ...income }: Income): Posting | undefined {
  if (amount.isNegative() && !amount.isZero()) {
    throw new Error(`income of ${income.kind} ${income.reference} is negative (${amount.toFixed()})`);
  }
  if (amount.isZero()) return undefined;
  const { debit, credit } = ROUTES[income.kind];
  return {
    ...income,
    entries: [
      { account: debit, currency, amount },
      { account: credit, currency, amount: amount.negated() },
    ],
  };
}
