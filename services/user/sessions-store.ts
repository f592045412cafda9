import type { Database, Transaction } from "../base/postgres/database.ts";

export type EndReason = "logout" | "reuse" | "role-changed";

/** A log-in, found by one of its refresh tokens. */
export interface FoundSession {
  readonly id: string;
  readonly userId: number;
  readonly expiresAt: Date;
  readonly ended: boolean;
  /** The token has been exchanged before. */
  readonly used: boolean;
}

export interface EndedSession {
  readonly id: string;
  readonly endedAt: Date;
}

type Queries = Pick<Database, "query">;

export async function insertSession(
  tx: Transaction,
  session: { readonly id: string; readonly userId: number; readonly createdAt: Date; readonly expiresAt: Date },
): Promise<void> {
  await tx.query("INSERT INTO sessions (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)", [
    session.id,
    session.userId,
    session.createdAt,
    session.expiresAt,
  ]);
}

export async function insertRefreshToken(tx: Transaction, hash: Buffer, sessionId: string, issuedAt: Date): Promise<void> {
  await tx.query("INSERT INTO refresh_tokens (hash, session_id, issued_at) VALUES ($1, $2, $3)", [hash, sessionId, issuedAt]);
}

/** The session of a refresh token, which nobody else changes until the transaction ends. */
export async function lockSessionOf(tx: Transaction, hash: Buffer): Promise<FoundSession | undefined> {
  // The session first: of two who come with the same token, the second sees what the first has done to the token.
  const [session] = await tx.query<{ id: string; user_id: string; expires_at: Date; ended_at: Date | null }>(
    `SELECT id, user_id, expires_at, ended_at FROM sessions
      WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1) FOR UPDATE`,
    [hash],
  );
  if (!session) return undefined;
  const [token] = await tx.query<{ used: boolean }>("SELECT used_at IS NOT NULL AS used FROM refresh_tokens WHERE hash = $1", [hash]);
  return {
    id: session.id,
    userId: Number(session.user_id),
    expiresAt: session.expires_at,
    ended: session.ended_at !== null,
    used: token?.used ?? true,
  };
}

export async function markUsed(tx: Transaction, hash: Buffer, at: Date): Promise<void> {
  await tx.query("UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1", [hash, at]);
}

/** Ends running sessions of a user, all of them or one. Those that were running. */
export async function endSessions(
  queries: Queries,
  end: { readonly userId: number; readonly sessionId?: string | undefined; readonly at: Date; readonly reason: EndReason },
): Promise<EndedSession[]> {
  const rows = await queries.query<{ id: string }>(
    `UPDATE sessions SET ended_at = $3, end_reason = $4
      WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2) AND ended_at IS NULL RETURNING id`,
    [end.userId, end.sessionId ?? null, end.at, end.reason],
  );
  return rows.map(({ id }) => ({ id, endedAt: end.at }));
}

/** Sessions that ended after a moment. */
export async function sessionsEndedSince(database: Database, since: Date): Promise<EndedSession[]> {
  const rows = await database.query<{ id: string; ended_at: Date }>("SELECT id, ended_at FROM sessions WHERE ended_at > $1", [since]);
  return rows.map((row) => ({ id: row.id, endedAt: row.ended_at }));
}

/** Forgets sessions that expired before a moment, and refresh tokens that were used before another. */
export async function forgetOldSessions(database: Database, before: { readonly expired: Date; readonly used: Date }): Promise<void> {
  await database.query("DELETE FROM sessions WHERE expires_at < $1", [before.expired]);
  await database.query("DELETE FROM refresh_tokens WHERE used_at < $1", [before.used]);
}
