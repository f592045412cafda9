import type { Database } from "../base/postgres/database.ts";
import { type Period, startOfPeriod } from "./periods.ts";
import type { LeaderboardEntry } from "./store-leaderboard.ts";

/**
 * Rank of `xp` points as SQL: 1 and all players with more points. Cells of the greatest width count those far above, and
 * each smaller width those that are left between the cells of the one before: at most 63 rows for each of the smaller.
 */
function rankSql(xp: string): string {
  const counted = (width: number, upTo: number | undefined): string =>
    `coalesce((SELECT sum(players) FROM leaderboard_cells WHERE period = $1 AND starts_on = $2 AND width = ${width}
       AND cell > ${xp} / ${width}${upTo === undefined ? "" : ` AND cell < (${xp} / ${upTo} + 1) * ${upTo / width}`}), 0)`;
  return `(1 + ${counted(262_144, undefined)} + ${counted(4_096, 262_144)} + ${counted(64, 4_096)} + ${counted(1, 64)})`;
}

/** Rank of a player in the period that `atMs` is in; absent while the player has no points in it. */
export async function rankOf(database: Database, userId: number, period: Period, atMs: number): Promise<number | undefined> {
  const [row] = await database.query<{ rank: string }>(
    `SELECT ${rankSql("mine.xp")} AS rank FROM leaderboard_scores AS mine WHERE period = $1 AND starts_on = $2 AND user_id = $3`,
    [period, startOfPeriod(period, atMs), userId],
  );
  return row === undefined ? undefined : Number(row.rank);
}

interface NeighbourRow {
  rank: string;
  user_id: string;
  username: string | null;
  xp: string;
  level: number | null;
}

/**
 * A player among its neighbours, best first: up to `around` better and up to `around` worse ones. Players with equal points
 * stand in the order of their ids. Absent while the player has no points in the period.
 */
export async function neighboursOf(
  database: Database,
  wanted: { readonly userId: number; readonly period: Period; readonly atMs: number; readonly around: number },
): Promise<readonly LeaderboardEntry[] | undefined> {
  const board = "leaderboard_scores AS other WHERE other.period = $1 AND other.starts_on = $2";
  // Two walks along the index in each direction: among equals by id, then by points.
  const rows = await database.query<NeighbourRow>(
    `WITH mine AS (SELECT user_id, xp FROM leaderboard_scores WHERE period = $1 AND starts_on = $2 AND user_id = $3),
     better AS (
       (SELECT other.user_id, other.xp FROM mine, ${board} AND other.xp = mine.xp AND other.user_id < mine.user_id
         ORDER BY other.user_id DESC LIMIT $4)
       UNION ALL
       (SELECT other.user_id, other.xp FROM ${board} AND other.xp > (SELECT xp FROM mine)
         ORDER BY other.xp, other.user_id DESC LIMIT $4)),
     worse AS (
       (SELECT other.user_id, other.xp FROM mine, ${board} AND other.xp = mine.xp AND other.user_id > mine.user_id
         ORDER BY other.user_id LIMIT $4)
       UNION ALL
       (SELECT other.user_id, other.xp FROM ${board} AND other.xp < (SELECT xp FROM mine)
         ORDER BY other.xp DESC, other.user_id LIMIT $4)),
     near AS (
       SELECT user_id, xp FROM mine
       UNION ALL (SELECT user_id, xp FROM better ORDER BY xp, user_id DESC LIMIT $4)
       UNION ALL (SELECT user_id, xp FROM worse ORDER BY xp DESC, user_id LIMIT $4)),
     ranked AS MATERIALIZED (SELECT xp, ${rankSql("points.xp")} AS rank FROM (SELECT DISTINCT xp FROM near) AS points)
     SELECT rank, near.user_id, near.xp, username, level
       FROM near JOIN ranked USING (xp) LEFT JOIN players ON players.user_id = near.user_id
      ORDER BY near.xp DESC, near.user_id`,
    [wanted.period, startOfPeriod(wanted.period, wanted.atMs), wanted.userId, wanted.around],
  );
  if (rows.length === 0) return undefined;
  return rows.map((row) => ({
    rank: Number(row.rank),
    userId: Number(row.user_id),
    username: row.username,
    xp: Number(row.xp),
    level: row.level ?? 1,
  }));
}

/** Number of players on a leaderboard. */
export async function playersOn(database: Database, period: Period, atMs: number): Promise<number> {
  const [row] = await database.query<{ players: string | null }>(
    "SELECT sum(players) AS players FROM leaderboard_cells WHERE period = $1 AND starts_on = $2 AND width = 262144",
    [period, startOfPeriod(period, atMs)],
  );
  return Number(row?.players ?? 0);
}

/** Forgets some scores of leaderboards whose period began before these days. How many scores. */
export async function forgetOldBoards(database: Database, before: { readonly daily: string; readonly weekly: string }): Promise<number> {
  const rows = await database.query(
    `DELETE FROM leaderboard_scores WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM leaderboard_scores
        WHERE (period = 'daily' AND starts_on < $1) OR (period = 'weekly' AND starts_on < $2) LIMIT 5000)) RETURNING 1`,
    [before.daily, before.weekly],
  );
  await database.query(
    "DELETE FROM leaderboard_cells WHERE (period = 'daily' AND starts_on < $1) OR (period = 'weekly' AND starts_on < $2)",
    [before.daily, before.weekly],
  );
  return rows.length;
}
