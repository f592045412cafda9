import type { Database } from "../base/postgres/database.ts";

export interface PlayerRecord {
  readonly username: string | null;
  readonly xp: number;
  readonly level: number;
  readonly trades: number;
  /** Quote units, exact. */
  readonly volume: string;
  /** Oldest first. */
  readonly achievements: readonly { readonly id: string; readonly unlockedAt: string }[];
}

/** A player as the profile shows one; absent for a user whom no event has told of. */
export async function findPlayer(database: Database, userId: number): Promise<PlayerRecord | undefined> {
  const [row] = await database.query<{
    username: string | null;
    xp: string;
    level: number;
    trades: string;
    volume: string;
    achievements: readonly { id: string; unlockedAt: string }[];
  }>(
    `SELECT username, xp, level,
       coalesce((SELECT value FROM player_counters WHERE user_id = $1 AND counter = 'trades'), 0) AS trades,
       coalesce((SELECT value FROM player_counters WHERE user_id = $1 AND counter = 'volume'), 0) AS volume,
       coalesce((
         SELECT json_agg(json_build_object('id', achievement, 'unlockedAt', unlocked_at) ORDER BY unlocked_at, achievement)
         FROM unlocked_achievements WHERE user_id = $1
       ), '[]') AS achievements
     FROM players WHERE user_id = $1`,
    [userId],
  );
  if (row === undefined) return undefined;
  return {
    username: row.username,
    xp: Number(row.xp),
    level: row.level,
    trades: Number(row.trades),
    volume: row.volume,
    achievements: row.achievements.map(({ id, unlockedAt }) => ({ id, unlockedAt: new Date(unlockedAt).toISOString() })),
  };
}
