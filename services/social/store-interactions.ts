import type { Database, Transaction } from "../base/postgres/database.ts";
import { visibleTo } from "./visible.ts";

export interface Comment {
  readonly id: string;
  readonly userId: number;
  readonly text: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** What a change of a like or a follow did. */
export interface Change {
  /** It was different before. */
  readonly changed: boolean;
  /** It has never been on before. */
  readonly first: boolean;
}

/** What decides who may do what with an entry. */
export interface LockedEntry {
  readonly authorId: number;
  readonly isPost: boolean;
}

/**
 * Locks an entry for a change of its counts; nothing where there is none, or none that this user may see.
 * `forRemoval`: no like or comment may be on its way to it either.
 */
export async function lockEntry(tx: Transaction, entryId: string, userId: number, forRemoval = false): Promise<LockedEntry | undefined> {
  const [row] = await tx.query<{ user_id: string; type: string }>(
    `SELECT user_id, type FROM entries WHERE id = $1 AND ${visibleTo("$2")} FOR ${forRemoval ? "" : "NO KEY "}UPDATE`,
    [entryId, userId],
  );
  return row === undefined ? undefined : { authorId: Number(row.user_id), isPost: row.type === "post" };
}

/** Sets a like on; the entry has to be locked. */
export async function addLike(tx: Transaction, entryId: string, userId: number, at: Date): Promise<Change> {
  const inserted = await tx.query(
    `INSERT INTO likes (entry_id, user_id, active, first_at) VALUES ($1, $2, true, $3)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [entryId, userId, at],
  );
  if (inserted.length > 0) return { changed: true, first: true };
  const updated = await tx.query(
    "UPDATE likes SET active = true WHERE entry_id = $1 AND user_id = $2 AND NOT active RETURNING 1",
    [entryId, userId],
  );
  return { changed: updated.length > 0, first: false };
}

/** Takes a like back; the entry has to be locked. */
export async function removeLike(tx: Transaction, entryId: string, userId: number): Promise<Change> {
  const updated = await tx.query(
    "UPDATE likes SET active = false WHERE entry_id = $1 AND user_id = $2 AND active RETURNING 1",
    [entryId, userId],
  );
  return { changed: updated.length > 0, first: false };
}

/** Changes an entry's number of likes and returns the new one. */
export async function countLike(tx: Transaction, entryId: string, by: -1 | 0 | 1): Promise<number> {
  const [row] = await tx.query<{ likes: number }>(
    "UPDATE entries SET likes = likes + $2 WHERE id = $1 RETURNING likes",
    [entryId, by],
  );
  return row?.likes ?? 0;
}

/** Adds a comment and counts it. */
export async function addComment(tx: Transaction, entryId: string, comment: Comment): Promise<void> {
  await tx.query("INSERT INTO comments (id, entry_id, user_id, text, created_at) VALUES ($1, $2, $3, $4, $5)", [
    comment.id,
    entryId,
    comment.userId,
    comment.text,
    comment.createdAt,
  ]);
  await tx.query("UPDATE entries SET comments = comments + 1 WHERE id = $1", [entryId]);
}

/** Removes a comment of this author and counts it off; the entry has to be locked. Whether there was one. */
export async function removeComment(tx: Transaction, entryId: string, commentId: string, authorId: number): Promise<boolean> {
  const removed = await tx.query("DELETE FROM comments WHERE id = $1 AND entry_id = $2 AND user_id = $3 RETURNING 1", [
    commentId,
    entryId,
    authorId,
  ]);
  if (removed.length > 0) await tx.query("UPDATE entries SET comments = comments - 1 WHERE id = $1", [entryId]);
  return removed.length > 0;
}

/** Comments of an entry, newest first, older than `afterId` where one is given. */
export async function commentsPage(
  database: Database,
  entryId: string,
  limit: number,
  afterId: string | undefined,
): Promise<readonly Comment[]> {
  const rows = await database.query<{ id: string; user_id: string; text: string; created_at: Date | string }>(
    `SELECT id, user_id, text, created_at FROM comments
     WHERE entry_id = $1 AND ($3::uuid IS NULL OR id < $3::uuid)
     ORDER BY id DESC LIMIT $2`,
    [entryId, limit, afterId ?? null],
  );
  return rows.map((row) => ({
    id: row.id,
    userId: Number(row.user_id),
    text: row.text,
    createdAt: new Date(row.created_at).toISOString(),
  }));
}
