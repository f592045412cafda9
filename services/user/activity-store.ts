import type { Database, Transaction } from "../base/postgres/database.ts";

export interface Activity {
  /** `null`: never seen doing anything. */
  readonly lastSeenAt: Date | null;
  readonly tradesExecuted: number;
  readonly positionsClosed: number;
  readonly postsCreated: number;
  readonly commentsWritten: number;
  readonly likesGiven: number;
  readonly usersFollowed: number;
}

/** Counter that one activity raises. */
export type ActivityCounter =
  | "trades_executed"
  | "positions_closed"
  | "posts_created"
  | "comments_written"
  | "likes_given"
  | "users_followed";

type Row = { last_seen_at: Date } & Record<ActivityCounter, string>;

/** Counts one activity; the time last seen never goes back, whatever order events arrive in. */
export async function countActivity(
  tx: Transaction,
  userId: number,
  counter: ActivityCounter,
  occurredAt: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO activity (user_id, last_seen_at, ${counter}) VALUES ($1, $2, 1)
     ON CONFLICT (user_id) DO UPDATE
        SET last_seen_at = greatest(activity.last_seen_at, excluded.last_seen_at),
            ${counter} = activity.${counter} + 1`,
    [userId, occurredAt],
  );
}

export async function activityOf(database: Database, userId: number): Promise<Activity> {
  const [row] = await database.query<Row>(
    `SELECT last_seen_at, trades_executed, positions_closed, posts_created, comments_written, likes_given, users_followed
       FROM activity WHERE user_id = $1`,
    [userId],
  );
  return {
    lastSeenAt: row?.last_seen_at ?? null,
    tradesExecuted: Number(row?.trades_executed ?? 0),
    positionsClosed: Number(row?.positions_closed ?? 0),
    postsCreated: Number(row?.posts_created ?? 0),
    commentsWritten: Number(row?.comments_written ?? 0),
    likesGiven: Number(row?.likes_given ?? 0),
    usersFollowed: Number(row?.users_followed ?? 0),
  };
}
