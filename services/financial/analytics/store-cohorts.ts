import { Decimal } from "decimal.js";
import type { Database, Transaction } from "../../base/postgres/database.ts";

/** All users who registered on one day, and what has become of them since. */
export interface Cohort {
  /** `YYYY-MM-DD`, UTC. */
  readonly registeredOn: string;
  readonly users: number;
  /** Those of them who have traded. */
  readonly traders: number;
  readonly trades: number;
  /** Fees that they have brought in so far, in the platform's currency. */
  readonly revenue: Decimal;
}

/** Puts a user into the cohort of the registration's day. */
export async function addRegistration(tx: Transaction, userId: number, registeredAt: string): Promise<void> {
  await tx.query(
    `INSERT INTO cohort_members (user_id, registered_at) VALUES ($1, $2)
     ON CONFLICT (user_id) DO UPDATE SET registered_at = excluded.registered_at`,
    [userId, registeredAt],
  );
}

/** What a user's trading adds to the cohort; the registration may arrive later. */
export interface CohortActivity {
  readonly userId: number;
  /** Trades executed, 0 or 1. */
  readonly trades: 0 | 1;
  readonly revenue: Decimal;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
}

/** Adds what many did in one statement. */
export async function addActivities(tx: Transaction, activities: readonly CohortActivity[]): Promise<void> {
  // By user, so that two transactions lock rows in one order.
  await tx.query(
    `INSERT INTO cohort_members AS mine (user_id, first_trade_at, trades, revenue)
     SELECT user_id, min(at), sum(trades), sum(revenue)
       FROM unnest($1::bigint[], $2::timestamptz[], $3::integer[], $4::numeric[]) AS done (user_id, at, trades, revenue)
      GROUP BY user_id ORDER BY user_id
     ON CONFLICT (user_id) DO UPDATE SET
       first_trade_at = least(mine.first_trade_at, excluded.first_trade_at),
       trades = mine.trades + excluded.trades,
       revenue = mine.revenue + excluded.revenue`,
    [
      activities.map(({ userId }) => userId),
      activities.map(({ occurredAt }) => occurredAt),
      activities.map(({ trades }) => trades),
      activities.map(({ revenue }) => revenue.toFixed()),
    ],
  );
}

/** Cohorts from the day `from` (`YYYY-MM-DD`, UTC) on, oldest first; days without registrations are left out. */
export async function cohortsFrom(database: Database, from: string): Promise<readonly Cohort[]> {
  const rows = await database.query<{
    registered_on: string;
    users: string;
    traders: string;
    trades: string;
    revenue: string;
  }>(
    `SELECT to_char(registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS registered_on, count(*) AS users,
       count(first_trade_at) AS traders, sum(trades) AS trades, sum(revenue) AS revenue
     FROM cohort_members WHERE registered_at >= $1::date::timestamp AT TIME ZONE 'UTC'
     GROUP BY registered_on ORDER BY registered_on`,
    [from],
  );
  return rows.map((row) => ({
    registeredOn: row.registered_on,
    users: Number(row.users),
    traders: Number(row.traders),
    trades: Number(row.trades),
    revenue: new Decimal(row.revenue),
  }));
}
