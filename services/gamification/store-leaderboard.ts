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

/** Adds an award to the leaderboard of every period that `atMs` is in. */
export async function addToLeaderboards(tx: Transaction, userId: number, xp: number, atMs: number): Promise<void> {
  await tx.query(
    `INSERT INTO leaderboard_scores AS mine (period, starts_on, user_id, xp)
     SELECT period, starts_on, $3, $4 FROM unnest($1::text[], $2::date[]) AS board (period, starts_on)
     ON CONFLICT (period, starts_on, user_id) DO UPDATE SET xp = mine.xp + excluded.xp`,
    [PERIODS, PERIODS.map((period) => startOfPeriod(period, atMs)), userId, xp],
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

/**
 * Rank of a player in the period that `atMs` is in; absent while the player has no points in it. Reads the index
 * alone, from the top down to the player.
 */
export async function rankOf(
  database: Database,
  userId: number,
  period: Period,
  atMs: number,
): Promise<number | undefined> {
  const [row] = await database.query<{ rank: string }>(
    `SELECT (
       SELECT count(*) + 1 FROM leaderboard_scores AS better
       WHERE better.period = mine.period AND better.starts_on = mine.starts_on AND better.xp > mine.xp
     ) AS rank
     FROM leaderboard_scores AS mine WHERE period = $1 AND starts_on = $2 AND user_id = $3`,
    [period, startOfPeriod(period, atMs), userId],
  );
  return row === undefined ? undefined : Number(row.rank);
}
