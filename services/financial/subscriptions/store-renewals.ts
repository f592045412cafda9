import type { Transaction } from "../../base/postgres/database.ts";
import { PLAN_IDS } from "./plans.ts";

export interface DueSubscription {
  readonly id: string;
  readonly userId: number;
  readonly plan: string;
  /** Exact decimal, as it was agreed. */
  readonly price: string;
  readonly currency: string;
  readonly endsAt: Date;
  /** Paid so far, [1, ∞). */
  readonly periods: number;
}

/** In one transaction; the next look takes the next ones. */
const AT_ONCE = 200;

/** Whether nobody else is at it until this transaction ends. */
export async function runAlone(tx: Transaction): Promise<boolean> {
  const [row] = await tx.query<{ alone: boolean }>("SELECT pg_try_advisory_xact_lock(hashtextextended('financial.renewals', 0)) AS alone");
  return row?.alone ?? false;
}

/** Ends subscriptions whose time is over and that are not renewed, are of a plan that is no more, or were missed. */
export async function expireSubscriptions(tx: Transaction, at: { readonly now: Date; readonly missed: Date }): Promise<void> {
  await tx.query(
    `UPDATE subscriptions SET status = 'expired'
      WHERE status = 'active' AND ends_at <= $1 AND (NOT renews OR ends_at <= $2 OR plan <> ALL ($3::text[]))`,
    [at.now, at.missed, PLAN_IDS],
  );
}

/** Subscriptions to renew that end before a moment, the earliest first, locked until the transaction ends. */
export async function dueSubscriptions(tx: Transaction, before: Date): Promise<readonly DueSubscription[]> {
  const rows = await tx.query<{
    id: string;
    user_id: string;
    plan: string;
    price: string;
    currency: string;
    ends_at: Date;
    periods: number;
  }>(
    `SELECT id, user_id, plan, trim_scale(price) AS price, currency, ends_at, periods FROM subscriptions
      WHERE status = 'active' AND renews AND ends_at <= $1 AND plan = ANY ($2::text[])
      ORDER BY ends_at LIMIT ${AT_ONCE} FOR UPDATE`,
    [before, PLAN_IDS],
  );
  return rows.map((row) => ({
    id: row.id,
    userId: Number(row.user_id),
    plan: row.plan,
    price: row.price,
    currency: row.currency,
    endsAt: row.ends_at,
    periods: row.periods,
  }));
}

export async function extendSubscription(
  tx: Transaction,
  to: { readonly id: string; readonly endsAt: Date; readonly periods: number },
): Promise<void> {
  await tx.query("UPDATE subscriptions SET ends_at = $2, periods = $3 WHERE id = $1", [to.id, to.endsAt, to.periods]);
}
