import type { Database, Transaction } from "../base/postgres/database.ts";
import { type Period, PERIODS, startOfPeriod } from "./periods.ts";

export interface LeaderboardEntry {
  /** From 1; players with equal points share a rank, and the next one is as much further down. */
  readonly rank: number;
  readonly userId: number;
  readonly username: string | null;
  readonly xp: number;
  readonly level: number;
}

/** Points that count for a player at a moment (ms since 1970). */
export interface Points {
  readonly userId: number;
  readonly xp: number;
  readonly atMs: number;
}

/** Adds points to the leaderboard of every period that their moment is in, all in one statement. */
export async function addToLeaderboards(tx: Transaction, points: readonly Points[]): Promise<void> {
  const scores = points.flatMap(({ userId, xp, atMs }) =>
    PERIODS.map((period) => ({ period, startsOn: startOfPeriod(period, atMs), userId, xp })),
  );
  // In the order of the key, so that two transactions lock rows in one order.
  await tx.query(
    `INSERT INTO leaderboard_scores AS mine (period, starts_on, user_id, xp)
     SELECT period, starts_on, user_id, sum(xp)
       FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[]) AS board (period, starts_on, user_id, xp)
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
     ON CONFLICT (period, starts_on, user_id) DO UPDATE SET xp = mine.xp + excluded.xp`,
    [scores.map(({ period }) => period), scores.map(({ startsOn }) => startsOn), scores.map(({ userId }) => userId), scores.map(({ xp }) => xp)],
  );
}

/** Best players of the period that `atMs` is in. */
export async function bestPlayers(
  database: Database,
  period: Period,
  atMs: number,
  limit: number,
): Promise<readonly LeaderboardEntry[]> {
  const rows = await database.query<{
    rank: string;
    user_id: string;
    username: string | null;
    xp: string;
    level: number | null;
  }>(
    `SELECT best.rank, best.user_id, best.xp, players.username, players.level
     FROM (
       SELECT user_id, xp, rank() OVER (ORDER BY xp DESC) AS rank FROM leaderboard_scores
       WHERE period = $1 AND starts_on = $2
       ORDER BY xp DESC, user_id LIMIT $3
     ) AS best
     LEFT JOIN players USING (user_id)
     ORDER BY best.xp DESC, best.user_id`,
    [period, startOfPeriod(period, atMs), limit],
  );
  return rows.map((row) => ({
    rank: Number(row.rank),
    userId: Number(row.user_id),
    username: row.username,
    xp: Number(row.xp),
    level: row.level ?? 1,
  }));
}
