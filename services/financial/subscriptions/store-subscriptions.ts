import type { Database, Transaction } from "../../base/postgres/database.ts";

export interface Subscription {
  readonly id: string;
  readonly plan: string;
  /** Exact decimal. */
  readonly price: string;
  readonly currency: string;
  readonly status: "active" | "expired";
  /** ISO 8601, UTC. */
  readonly startsAt: string;
  readonly endsAt: string;
  /** Whether the next period begins when this one ends. */
  readonly renews: boolean;
}

/**
 * Starts a subscription, and ends those of the user whose time is over.
 *
 * @returns whether it started; it does not while the user has one that is active
 */
export async function startSubscription(
  tx: Transaction,
  userId: number,
  subscription: Subscription,
): Promise<boolean> {
  await tx.query(
    "UPDATE subscriptions SET status = 'expired' WHERE user_id = $1 AND status = 'active' AND ends_at <= $2",
    [userId, subscription.startsAt],
  );
  const { id, plan, price, currency, status, startsAt, endsAt, renews } = subscription;
  const rows = await tx.query(
    `INSERT INTO subscriptions (id, user_id, plan, price, currency, status, starts_at, ends_at, renews)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (user_id) WHERE status = 'active' DO NOTHING RETURNING id`,
    [id, userId, plan, price, currency, status, startsAt, endsAt, renews],
  );
  return rows.length > 0;
}

interface SubscriptionRow {
  id: string;
  plan: string;
  price: string;
  currency: string;
  status: "active" | "expired";
  starts_at: Date | string;
  ends_at: Date | string;
  renews: boolean;
}

const COLUMNS = (now: string): string => `id, plan, trim_scale(price) AS price, currency, starts_at, ends_at,
  CASE WHEN ends_at <= ${now} THEN 'expired' ELSE status END AS status, renews AND status = 'active' AS renews`;

function toSubscription({ starts_at, ends_at, ...row }: SubscriptionRow): Subscription {
  return { ...row, startsAt: new Date(starts_at).toISOString(), endsAt: new Date(ends_at).toISOString() };
}

/** Decides whether an active subscription of this user is renewed. Absent where there is none of this id. */
export async function setRenewal(
  database: Database,
  wanted: { readonly userId: number; readonly id: string; readonly renews: boolean; readonly now: Date },
): Promise<Subscription | undefined> {
  const [row] = await database.query<SubscriptionRow>(
    `UPDATE subscriptions SET renews = $3 WHERE id = $1 AND user_id = $2 AND status = 'active' AND ends_at > $4
     RETURNING ${COLUMNS("$4")}`,
    [wanted.id, wanted.userId, wanted.renews, wanted.now],
  );
  return row && toSubscription(row);
}

/** A user's latest 100 subscriptions as they stand at `nowMs`, newest first. */
export async function subscriptionsOf(
  database: Database,
  userId: number,
  nowMs: number,
): Promise<readonly Subscription[]> {
  const rows = await database.query<SubscriptionRow>(
    `SELECT ${COLUMNS("$2")} FROM subscriptions WHERE user_id = $1 ORDER BY starts_at DESC LIMIT 100`,
    [userId, new Date(nowMs)],
  );
  return rows.map(toSubscription);
}
