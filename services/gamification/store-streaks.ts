import type { Database, Transaction } from "../base/postgres/database.ts";

/** A day (`YYYY-MM-DD`, UTC) on which a player did something. */
export interface PlayerDay {
  readonly userId: number;
  readonly day: string;
}

export interface Streaks {
  /** Days in a row up to today or yesterday, [0, ∞). */
  readonly current: number;
  /** Most days in a row ever. */
  readonly best: number;
}

/** Runs of days without a gap: a day less its place in the order is the same for all days of a run. */
const RUNS = (users: string): string => `
  SELECT user_id, count(*)::integer AS days, max(day) AS last_day
    FROM (SELECT user_id, day, day - (row_number() OVER (PARTITION BY user_id ORDER BY day))::integer AS run
            FROM active_days WHERE ${users}) AS placed
   GROUP BY user_id, run`;

/** Notes days. Ids of the players for whom one of them is new. */
export async function markActiveDays(tx: Transaction, days: readonly PlayerDay[]): Promise<readonly number[]> {
  const rows = await tx.query<{ user_id: string }>(
    `INSERT INTO active_days (user_id, day)
     SELECT DISTINCT user_id, day FROM unnest($1::bigint[], $2::date[]) AS done (user_id, day) ORDER BY 1, 2
     ON CONFLICT DO NOTHING RETURNING user_id`,
    [days.map(({ userId }) => userId), days.map(({ day }) => day)],
  );
  return [...new Set(rows.map(({ user_id }) => Number(user_id)))];
}

/** Most days in a row of each player. */
export async function longestStreaks(tx: Transaction, userIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (userIds.length === 0) return new Map();
  const rows = await tx.query<{ user_id: string; days: number }>(
    `SELECT user_id, max(days) AS days FROM (${RUNS("user_id = ANY ($1::bigint[])")}) AS runs GROUP BY user_id`,
    [userIds],
  );
  return new Map(rows.map(({ user_id, days }) => [Number(user_id), days]));
}

/** Streaks of a player as of a day. One that ended yesterday still runs: the day is not over. */
export async function streaksOf(database: Database, userId: number, today: string): Promise<Streaks> {
  const [row] = await database.query<{ current: number; best: number }>(
    `SELECT coalesce(max(days) FILTER (WHERE last_day >= $2::date - 1), 0) AS current, coalesce(max(days), 0) AS best
       FROM (${RUNS("user_id = $1")}) AS runs`,
    [userId, today],
  );
  return { current: row?.current ?? 0, best: row?.best ?? 0 };
}
