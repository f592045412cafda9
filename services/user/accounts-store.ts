import type { Role } from "../base/auth/caller.ts";
import type { Database, Transaction } from "../base/postgres/database.ts";

/** Who may see a profile beyond its name: everybody, or its owner and operators only. */
export const VISIBILITIES = ["public", "private"] as const;

export type Visibility = (typeof VISIBILITIES)[number];

export interface Account {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly displayName: string | null;
  readonly bio: string | null;
  readonly createdAt: Date;
  readonly role: Role;
  readonly visibility: Visibility;
}

export interface NewAccount {
  /** Only for seeded accounts; absent: the next of the sequence. */
  readonly id?: number;
  readonly username: string;
  readonly email: string;
  /** `null`: nobody logs in to it by password. */
  readonly passwordHash: string | null;
}

export interface ProfileChange {
  readonly displayName?: string | null;
  readonly bio?: string | null;
  readonly visibility?: Visibility;
}

interface Row {
  id: string;
  username: string;
  email: string;
  display_name: string | null;
  bio: string | null;
  created_at: Date;
  role: Role;
  visibility: Visibility;
}

const COLUMNS = "id, username, email, display_name, bio, created_at, role, visibility";

function toAccount(row: Row): Account {
  return {
    id: Number(row.id),
    username: row.username,
    email: row.email,
    displayName: row.display_name,
    bio: row.bio,
    createdAt: row.created_at,
    role: row.role,
    visibility: row.visibility,
  };
}

/** The new account; `undefined` where its id, username or email (letter case aside) is taken. */
export async function insertAccount(tx: Transaction, account: NewAccount): Promise<Account | undefined> {
  const withId = account.id !== undefined;
  const [row] = await tx.query<Row>(
    `INSERT INTO accounts (username, email, password_hash${withId ? ", id" : ""})
     VALUES ($1, $2, $3${withId ? ", $4" : ""}) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [account.username, account.email, account.passwordHash, ...(withId ? [account.id] : [])],
  );
  return row && toAccount(row);
}

/** Which of the two somebody has already. */
export async function takenFields(
  tx: Transaction,
  account: { readonly username: string; readonly email: string },
): Promise<{ username: boolean; email: boolean }> {
  const [row] = await tx.query<{ username: boolean; email: boolean }>(
    `SELECT EXISTS (SELECT FROM accounts WHERE lower(username) = lower($1)) AS username,
            EXISTS (SELECT FROM accounts WHERE lower(email) = lower($2)) AS email`,
    [account.username, account.email],
  );
  return row ?? { username: false, email: false };
}

export async function accountById(database: Pick<Database, "query">, id: number): Promise<Account | undefined> {
  const [row] = await database.query<Row>(`SELECT ${COLUMNS} FROM accounts WHERE id = $1`, [id]);
  return row && toAccount(row);
}

/** Account with its password hash, by username or email. */
export async function credentialsOf(
  database: Database,
  login: { readonly username: string } | { readonly email: string },
): Promise<{ readonly account: Account; readonly passwordHash: string | null } | undefined> {
  const [column, value] = "username" in login ? ["username", login.username] : ["email", login.email];
  const [row] = await database.query<Row & { password_hash: string | null }>(
    `SELECT ${COLUMNS}, password_hash FROM accounts WHERE lower(${column}) = lower($1)`,
    [value],
  );
  return row && { account: toAccount(row), passwordHash: row.password_hash };
}

/** Changes what is given; `null` empties. `undefined` where there is no such account. */
export async function changeProfile(
  database: Database,
  id: number,
  change: ProfileChange,
): Promise<Account | undefined> {
  const [row] = await database.query<Row>(
    `UPDATE accounts
        SET display_name = CASE WHEN $2 THEN $3 ELSE display_name END,
            bio = CASE WHEN $4 THEN $5 ELSE bio END,
            visibility = coalesce($6, visibility)
      WHERE id = $1 RETURNING ${COLUMNS}`,
    [
      id,
      change.displayName !== undefined,
      change.displayName ?? null,
      change.bio !== undefined,
      change.bio ?? null,
      change.visibility ?? null,
    ],
  );
  return row && toAccount(row);
}

/** Gives an account a role. Whether it had another one before; `undefined` where there is no such account. */
export async function changeRole(tx: Transaction, id: number, role: Role): Promise<boolean | undefined> {
  const [before] = await tx.query<{ role: Role }>("SELECT role FROM accounts WHERE id = $1 FOR UPDATE", [id]);
  if (!before) return undefined;
  await tx.query("UPDATE accounts SET role = $2 WHERE id = $1", [id, role]);
  return before.role !== role;
}
