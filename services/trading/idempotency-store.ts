import { createHash } from "node:crypto";
import type { Database, Transaction } from "../base/postgres/database.ts";
import { queryLast } from "../base/postgres/transaction-hooks.ts";
import { Problem } from "../base/problem.ts";

/** A request that must have its effect once, however often it is sent. */
export interface IdempotentRequest {
  readonly userId: number;
  readonly key: string;
  /** Of what is asked for: the same key for something else is refused. */
  readonly hash: string;
}

type Queries = Pick<Transaction, "query">;

/** Hash of what a request asks for. */
export function requestHash(operation: string, content: unknown): string {
  return createHash("sha256").update(JSON.stringify([operation, content])).digest("hex");
}

/**
 * What was answered to this request before; `undefined` where it has not been done.
 * @throws Problem `idempotency-key-reused` (422) when the key was used for something else.
 */
export async function earlierResponse<T>(queries: Queries, request: IdempotentRequest): Promise<T | undefined> {
  const [row] = await queries.query<{ request_hash: string; response: T | null }>(
    "SELECT request_hash, response FROM idempotency_keys WHERE user_id = $1 AND key = $2",
    [request.userId, request.key],
  );
  if (!row) return undefined;
  if (row.request_hash === request.hash) return row.response ?? undefined;
  throw new Problem({
    status: 422,
    code: "idempotency-key-reused",
    title: "The idempotency key was used for another request",
    errors: [{ path: "/headers/idempotency-key", message: "belongs to another request; take a new key" }],
  });
}

/**
 * Takes the key for this transaction. A second request with it waits here until the first has ended, and finds
 * its answer, or takes the key itself when the first was refused. Whether the key was free.
 */
export async function claimKey(tx: Transaction, request: IdempotentRequest): Promise<boolean> {
  const rows = await tx.query(
    "INSERT INTO idempotency_keys (user_id, key, request_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1",
    [request.userId, request.key, request.hash],
  );
  return rows.length === 1;
}

/** Keeps the answer, committed together with the effect. */
export async function keepResponse(tx: Transaction, request: IdempotentRequest, response: unknown): Promise<void> {
  await queryLast(tx, "UPDATE idempotency_keys SET response = $3 WHERE user_id = $1 AND key = $2", [
    request.userId,
    request.key,
    JSON.stringify(response),
  ]);
}

/** Forgets keys older than a day. How many. */
export async function forgetOldKeys(database: Database): Promise<number> {
  const rows = await database.query("DELETE FROM idempotency_keys WHERE created_at < now() - interval '1 day' RETURNING 1");
  return rows.length;
}
