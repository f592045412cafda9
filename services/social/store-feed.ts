import type { Database, Transaction } from "../base/postgres/database.ts";
import type { Entry, EntryType, NewEntry } from "./entry.ts";
import { visibleTo } from "./visible.ts";

interface EntryRow {
  id: string;
  type: EntryType;
  user_id: string;
  text: string;
  details: Record<string, string>;
  likes: number;
  comments: number;
  occurred_at: Date | string;
  group_id: string | null;
}

const COLUMNS = "id, type, user_id, text, details, likes, comments, occurred_at, group_id";

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
    ...(row.group_id === null ? {} : { groupId: row.group_id }),
  };
}

export async function insertEntry(tx: Transaction, entry: NewEntry): Promise<void> {
  await tx.query(
    `INSERT INTO entries (id, type, user_id, text, details, occurred_at, group_id) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [entry.id, entry.type, entry.userId, entry.text, JSON.stringify(entry.details), entry.occurredAt, entry.groupId ?? null],
  );
}

/** Inserts entries in one statement. */
export async function insertEntries(tx: Transaction, entries: readonly NewEntry[]): Promise<void> {
  await tx.query(
    `INSERT INTO entries (id, type, user_id, text, details, occurred_at)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::jsonb[], $6::timestamptz[])`,
    [
      entries.map(({ id }) => id),
      entries.map(({ type }) => type),
      entries.map(({ userId }) => userId),
      entries.map(({ text }) => text),
      entries.map(({ details }) => JSON.stringify(details)),
      entries.map(({ occurredAt }) => occurredAt),
    ],
  );
}

/** Whose entries a feed shows. */
export type FeedScope =
  | { readonly of: "everybody" }
  /** What this user did, for everybody to see. */
  | { readonly of: "user"; readonly userId: number }
  /** All that this user did, also in groups: for its own eyes. */
  | { readonly of: "oneself"; readonly userId: number }
  /** What those did whom this user follows. */
  | { readonly of: "followed"; readonly followerId: number }
  | { readonly of: "group"; readonly groupId: string };

export interface FeedPage {
  readonly scope: FeedScope;
  /** Entries, [1, ∞). */
  readonly limit: number;
  /** Only entries older than this one. */
  readonly afterId?: string | undefined;
}

const OLDER = "($1::uuid IS NULL OR id < $1::uuid)";

/** Reads the newest entries of each of those who are followed and keeps the newest of all: as many walks along the index. */
const FOLLOWED = `
  SELECT ${COLUMNS} FROM follows CROSS JOIN LATERAL (
    SELECT ${COLUMNS} FROM entries WHERE user_id = followed_id AND group_id IS NULL AND ${OLDER} ORDER BY id DESC LIMIT $2) AS theirs
   WHERE follower_id = $3 AND active ORDER BY id DESC LIMIT $2`;

function feedSql(scope: FeedScope): readonly [sql: string, ...params: unknown[]] {
  const where = (condition: string): string => `SELECT ${COLUMNS} FROM entries WHERE ${OLDER} AND ${condition} ORDER BY id DESC LIMIT $2`;
  switch (scope.of) {
    case "everybody":
      return [where("group_id IS NULL")];
    case "user":
      return [where("user_id = $3 AND group_id IS NULL"), scope.userId];
    case "oneself":
      return [where("user_id = $3"), scope.userId];
    case "followed":
      return [FOLLOWED, scope.followerId];
    case "group":
      return [where("group_id = $3"), scope.groupId];
  }
}

/** Entries, newest first. Each page walks along indexes, however deep it is. */
export async function feedPage(database: Database, page: FeedPage): Promise<readonly Entry[]> {
  const [sql, ...params] = feedSql(page.scope);
  const rows = await database.query<EntryRow>(sql, [page.afterId ?? null, page.limit, ...params]);
  return rows.map(entryOf);
}

/** Removes an entry with its likes and comments; it has to be locked. */
export async function removeEntry(tx: Transaction, id: string): Promise<void> {
  await tx.query("DELETE FROM likes WHERE entry_id = $1", [id]);
  await tx.query("DELETE FROM comments WHERE entry_id = $1", [id]);
  await tx.query("DELETE FROM entries WHERE id = $1", [id]);
}

/** An entry that this user, or anybody, may see. */
export async function findEntry(database: Database | Transaction, id: string, userId: number | undefined): Promise<Entry | undefined> {
  const [row] = await database.query<EntryRow>(`SELECT ${COLUMNS} FROM entries WHERE id = $1 AND ${visibleTo("$2")}`, [id, userId ?? null]);
  return row === undefined ? undefined : entryOf(row);
}
