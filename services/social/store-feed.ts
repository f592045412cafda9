import type { Database, Transaction } from "../base/postgres/database.ts";
import type { Entry, EntryType, NewEntry } from "./entry.ts";

interface EntryRow {
  id: string;
  type: EntryType;
  user_id: string;
  text: string;
  details: Record<string, string>;
  likes: number;
  comments: number;
  occurred_at: Date | string;
}

const COLUMNS = "id, type, user_id, text, details, likes, comments, occurred_at";

function entryOf(row: EntryRow): Entry {
  return {
    id: row.id,
    type: row.type,
    userId: Number(row.user_id),
    text: row.text,
    details: row.details,
    likes: row.likes,
    comments: row.comments,
    occurredAt: new Date(row.occurred_at).toISOString(),
  };
}

export async function insertEntry(tx: Transaction, entry: NewEntry): Promise<void> {
  await tx.query(
    `INSERT INTO entries (id, type, user_id, text, details, occurred_at) VALUES ($1, $2, $3, $4, $5, $6)`,
    [entry.id, entry.type, entry.userId, entry.text, JSON.stringify(entry.details), entry.occurredAt],
  );
}

/** Which part of the feed, and from where. */
export interface FeedQuery {
  /** Entries, [1, ∞). */
  readonly limit: number;
  /** Only entries older than this one. */
  readonly afterId?: string | undefined;
  /** Only entries of this user. */
  readonly userId?: number | undefined;
  /** Only entries of those whom this user follows. */
  readonly followerId?: number | undefined;
}

/** Entries, newest first. Each page is one walk along an index, however deep it is. */
export async function feedPage(database: Database, query: FeedQuery): Promise<readonly Entry[]> {
  const params: unknown[] = [query.limit];
  const conditions: string[] = [];
  const where = (condition: (placeholder: string) => string, value: unknown): void => {
    if (value === undefined) return;
    params.push(value);
    conditions.push(condition(`$${params.length}`));
  };
  where((id) => `id < ${id}::uuid`, query.afterId);
  where((user) => `user_id = ${user}::bigint`, query.userId);
  where(
    (follower) => `user_id IN (SELECT followed_id FROM follows WHERE follower_id = ${follower}::bigint AND active)`,
    query.followerId,
  );
  const filter = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const rows = await database.query<EntryRow>(
    `SELECT ${COLUMNS} FROM entries ${filter} ORDER BY id DESC LIMIT $1`,
    params,
  );
  return rows.map(entryOf);
}

export async function findEntry(database: Database | Transaction, id: string): Promise<Entry | undefined> {
  const [row] = await database.query<EntryRow>(`SELECT ${COLUMNS} FROM entries WHERE id = $1`, [id]);
  return row === undefined ? undefined : entryOf(row);
}
