import type { Database, Transaction } from "../base/postgres/database.ts";
import type { Change } from "./store-interactions.ts";

/** How many users one follows at most: the feed of the followed reads the newest entries of each. */
export const MAX_FOLLOWED = 1_000;

/** Whether a user follows as many as one may. */
export async function followsEnough(tx: Transaction, followerId: number): Promise<boolean> {
  const [row] = await tx.query<{ followed: string }>("SELECT count(*) AS followed FROM follows WHERE follower_id = $1 AND active", [followerId]);
  return Number(row?.followed ?? 0) >= MAX_FOLLOWED;
}

/** Users whom one follows, in the order of their ids, from the one after `afterId`. */
export async function followedPage(database: Database, followerId: number, limit: number, afterId: number): Promise<readonly number[]> {
  const rows = await database.query<{ followed_id: string }>(
    "SELECT followed_id FROM follows WHERE follower_id = $1 AND followed_id > $2 AND active ORDER BY followed_id LIMIT $3",
    [followerId, afterId, limit],
  );
  return rows.map(({ followed_id }) => Number(followed_id));
}

/** How many follow a user, and how many the user follows. */
export async function followCounts(database: Database, userId: number): Promise<{ readonly followers: number; readonly following: number }> {
  const [row] = await database.query<{ followers: string; following: string }>(
    `SELECT (SELECT count(*) FROM follows WHERE followed_id = $1 AND active) AS followers,
            (SELECT count(*) FROM follows WHERE follower_id = $1 AND active) AS following`,
    [userId],
  );
  return { followers: Number(row?.followers ?? 0), following: Number(row?.following ?? 0) };
}

export async function addFollow(tx: Transaction, followerId: number, followedId: number, at: Date): Promise<Change> {
  const inserted = await tx.query(
    `INSERT INTO follows (follower_id, followed_id, active, first_at) VALUES ($1, $2, true, $3)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [followerId, followedId, at],
  );
  if (inserted.length > 0) return { changed: true, first: true };
  const updated = await tx.query(
    "UPDATE follows SET active = true WHERE follower_id = $1 AND followed_id = $2 AND NOT active RETURNING 1",
    [followerId, followedId],
  );
  return { changed: updated.length > 0, first: false };
}

export async function removeFollow(tx: Transaction, followerId: number, followedId: number): Promise<Change> {
  const updated = await tx.query(
    "UPDATE follows SET active = false WHERE follower_id = $1 AND followed_id = $2 AND active RETURNING 1",
    [followerId, followedId],
  );
  return { changed: updated.length > 0, first: false };
}
