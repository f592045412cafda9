import type { Database, Transaction } from "../base/postgres/database.ts";

/** `public`: everybody reads and joins. `private`: only members know of it, and the owner decides who is one. */
export const PRIVACIES = ["public", "private"] as const;

export type Privacy = (typeof PRIVACIES)[number];

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly privacy: Privacy;
  readonly ownerId: number;
  readonly members: number;
  readonly createdAt: Date;
  /** Whether the one who asks is a member. */
  readonly member: boolean;
}

interface Row {
  id: string;
  name: string;
  description: string;
  privacy: Privacy;
  owner_id: string;
  members: number;
  created_at: Date;
  member: boolean;
}

type Queries = Pick<Database, "query">;

const MEMBER = "EXISTS (SELECT FROM group_members WHERE group_id = groups.id AND user_id = $1::bigint)";
const COLUMNS = `id, name, description, privacy, owner_id, members, created_at, ${MEMBER} AS member`;
const VISIBLE = `(privacy = 'public' OR ${MEMBER})`;

function toGroup(row: Row): Group {
  const { id, name, description, privacy, members, member } = row;
  return { id, name, description, privacy, members, member, ownerId: Number(row.owner_id), createdAt: row.created_at };
}

/** Whether the name was free, letter case aside. */
export async function insertGroup(tx: Transaction, group: Omit<Group, "members" | "member">): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO groups (id, name, description, privacy, owner_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [group.id, group.name, group.description, group.privacy, group.ownerId, group.createdAt],
  );
  return rows.length > 0;
}

/** The group, as far as this user may know of it. */
export async function findGroup(queries: Queries, id: string, userId: number | undefined): Promise<Group | undefined> {
  const [row] = await queries.query<Row>(`SELECT ${COLUMNS} FROM groups WHERE id = $2 AND ${VISIBLE}`, [userId ?? null, id]);
  return row && toGroup(row);
}

/** The same, and nobody joins, leaves or changes it until the transaction ends. */
export async function lockGroup(tx: Transaction, id: string, userId: number): Promise<Group | undefined> {
  const [row] = await tx.query<Row>(`SELECT ${COLUMNS} FROM groups WHERE id = $2 AND ${VISIBLE} FOR NO KEY UPDATE`, [userId, id]);
  return row && toGroup(row);
}

/** Groups that a user may know of, or only its own, newest first. */
export async function groupsPage(
  database: Database,
  page: { readonly userId: number | undefined; readonly mine: boolean; readonly limit: number; readonly afterId: string | undefined },
): Promise<readonly Group[]> {
  const rows = await database.query<Row>(
    `SELECT ${COLUMNS} FROM groups WHERE ${page.mine ? MEMBER : VISIBLE} AND ($2::uuid IS NULL OR id < $2::uuid) ORDER BY id DESC LIMIT $3`,
    [page.userId ?? null, page.afterId ?? null, page.limit],
  );
  return rows.map(toGroup);
}

/** Makes somebody a member; the group has to be locked. Whether it was none before. */
export async function addMember(tx: Transaction, groupId: string, userId: number, at: Date): Promise<boolean> {
  const added = await tx.query("INSERT INTO group_members (group_id, user_id, joined_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1", [
    groupId,
    userId,
    at,
  ]);
  if (added.length > 0) await tx.query("UPDATE groups SET members = members + 1 WHERE id = $1", [groupId]);
  return added.length > 0;
}

/** Ends a membership; the group has to be locked. Whether there was one. */
export async function removeMember(tx: Transaction, groupId: string, userId: number): Promise<boolean> {
  const removed = await tx.query("DELETE FROM group_members WHERE group_id = $1 AND user_id = $2 RETURNING 1", [groupId, userId]);
  if (removed.length > 0) await tx.query("UPDATE groups SET members = members - 1 WHERE id = $1", [groupId]);
  return removed.length > 0;
}

/** Members in the order of their ids, from the one after `afterId`. */
export async function membersPage(database: Database, groupId: string, limit: number, afterId: number): Promise<readonly number[]> {
  const rows = await database.query<{ user_id: string }>(
    "SELECT user_id FROM group_members WHERE group_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3",
    [groupId, afterId, limit],
  );
  return rows.map(({ user_id }) => Number(user_id));
}
