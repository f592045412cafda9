import type { Transaction } from "../base/postgres/database.ts";

/** What a subscription entitles its user to. */
export interface Entitlement {
  readonly userId: number;
  readonly subscriptionId: string;
  /** Key of the plan: `pro`. */
  readonly plan: string;
  /** ISO 8601; absent: it runs until another one takes its place. */
  readonly endsAt?: string | undefined;
}

/**
 * Raises or lowers the user's limits: of two subscriptions the one that ends later counts, in whatever order they are
 * told. It ends by itself, so that no event has to come for the limits to fall back.
 */
export async function entitle(tx: Transaction, { userId, subscriptionId, plan, endsAt }: Entitlement): Promise<void> {
  await tx.query(
    `INSERT INTO entitlements (user_id, subscription_id, plan, ends_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (user_id) DO UPDATE SET subscription_id = excluded.subscription_id, plan = excluded.plan, ends_at = excluded.ends_at
     WHERE entitlements.ends_at <= excluded.ends_at`,
    [userId, subscriptionId, plan, endsAt ?? "infinity"],
  );
}
