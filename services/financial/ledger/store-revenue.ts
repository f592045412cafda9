import { Decimal } from "decimal.js";
import type { Database } from "../../base/postgres/database.ts";
import { accountsOf } from "./accounts.ts";

/** What one source brought in on one day. */
export interface RevenueOfDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** Revenue account: `trading-fees`. */
  readonly source: string;
  readonly currency: string;
  readonly amount: Decimal;
}

/** Revenue from the day `from` (`YYYY-MM-DD`, UTC) on, oldest day first; read from the ledger itself. */
export async function revenueByDay(database: Database, from: string): Promise<readonly RevenueOfDay[]> {
  const rows = await database.query<{ day: string; source: string; currency: string; amount: string }>(
    `SELECT to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, account AS source, currency, -sum(amount) AS amount
     FROM ledger_transactions JOIN ledger_entries ON transaction_id = id
     WHERE account = ANY ($1) AND occurred_at >= $2::date::timestamp AT TIME ZONE 'UTC'
     GROUP BY day, source, currency ORDER BY day, source, currency`,
    [accountsOf("revenue"), from],
  );
  return rows.map((row) => ({ ...row, amount: new Decimal(row.amount) }));
}

/** What one day brought in, and from how many. */
export interface PayingDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly currency: string;
  readonly amount: Decimal;
  readonly payingUsers: number;
  readonly payments: number;
}

/** Revenue of each day and those who brought it in, from the day `from` (`YYYY-MM-DD`, UTC) on, oldest day first. */
export async function payersByDay(database: Database, from: string): Promise<readonly PayingDay[]> {
  const rows = await database.query<{ day: string; currency: string; amount: string; users: string; payments: string }>(
    `SELECT to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, currency, -sum(amount) AS amount,
            count(DISTINCT user_id) AS users, count(DISTINCT id) AS payments
     FROM ledger_transactions JOIN ledger_entries ON transaction_id = id
     WHERE account = ANY ($1) AND occurred_at >= $2::date::timestamp AT TIME ZONE 'UTC'
     GROUP BY day, currency ORDER BY day, currency`,
    [accountsOf("revenue"), from],
  );
  return rows.map(({ day, currency, amount, users, payments }) => ({
    day,
    currency,
    amount: new Decimal(amount),
    payingUsers: Number(users),
    payments: Number(payments),
  }));
}

/** Sum by source and currency, in the order in which they first appear. */
export function revenueTotals(days: readonly RevenueOfDay[]): readonly Omit<RevenueOfDay, "day">[] {
  const totals = new Map<string, Omit<RevenueOfDay, "day">>();
  for (const { source, currency, amount } of days) {
    const key = `${source} ${currency}`;
    totals.set(key, { source, currency, amount: (totals.get(key)?.amount ?? new Decimal(0)).plus(amount) });
  }
  return [...totals.values()];
}
