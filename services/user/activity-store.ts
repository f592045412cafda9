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

const COUNTERS = [
  "trades_executed", "positions_closed", "posts_created", "comments_written", "likes_given", "users_followed",
] as const satisfies readonly ActivityCounter[];

/** Something that a user did. */
export interface ActivityOf {
  readonly userId: number;
  readonly counter: ActivityCounter;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
}

/** Counts activities in one statement; the time last seen never goes back, whatever order events arrive in. */
export async function countActivities(tx: Transaction, activities: readonly ActivityOf[]): Promise<void> {
  // By user, so that two transactions lock rows in one order.
  await tx.query(
    `INSERT INTO activity AS mine (user_id, last_seen_at, ${COUNTERS.join(", ")})
     SELECT user_id, max(at), ${COUNTERS.map((counter) => `count(*) FILTER (WHERE counter = '${counter}')`).join(", ")}
       FROM unnest($1::bigint[], $2::timestamptz[], $3::text[]) AS done (user_id, at, counter)
      GROUP BY user_id ORDER BY user_id
     ON CONFLICT (user_id) DO UPDATE SET last_seen_at = greatest(mine.last_seen_at, excluded.last_seen_at),
       ${COUNTERS.map((counter) => `${counter} = mine.${counter} + excluded.${counter}`).join(", ")}`,
    [activities.map(({ userId }) => userId), activities.map(({ occurredAt }) => occurredAt), activities.map(({ counter }) => counter)],
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
