import { createHash } from "node:crypto";
import type { Database, Transaction } from "../base/postgres/database.ts";
import { queryLast } from "../base/postgres/transaction-hooks.ts";
import { Problem } from "../base/problem.ts";

/**
 * A request that must have its effect once, however often it is sent. Two with the same key are kept apart by the lock on
 * their user's account: take it, then look for the key, do the work, keep the answer.
 */
export interface IdempotentRequest {
  readonly userId: number;
  readonly key: string;
  /** Of what is asked for: the same key for something else is refused. */
  readonly hash: string;
}

/** An answer that is kept for its request. */
export interface KeptAnswer {
  readonly request: IdempotentRequest;
  readonly response: unknown;
}

interface Row<T> {
  user_id: string;
  request_hash: string;
  response: T;
}

type Queries = Pick<Transaction, "query">;

/** Hash of what a request asks for. */
export function requestHash(operation: string, content: unknown): string {
  return createHash("sha256").update(JSON.stringify([operation, content])).digest("hex");
}

/**
 * Looks up what was answered to these requests before, at most one of each user.
 * @returns answer to one of them; `undefined` where it has not been done. Throws Problem `idempotency-key-reused` (422)
 * where the key was used for something else.
 */
export async function earlierResponses<T>(
  queries: Queries,
  requests: readonly IdempotentRequest[],
): Promise<(request: IdempotentRequest) => T | undefined> {
  if (requests.length === 0) return () => undefined;
  const rows = await queries.query<Row<T>>(
    `SELECT user_id, request_hash, response FROM idempotency_keys
       JOIN unnest($1::bigint[], $2::text[]) AS given (user_id, key) USING (user_id, key)`,
    [requests.map(({ userId }) => userId), requests.map(({ key }) => key)],
  );
  const found = new Map(rows.map((row) => [Number(row.user_id), row]));
  return ({ userId, hash }) => {
    const row = found.get(userId);
    if (row === undefined) return undefined;
    if (row.request_hash === hash) return row.response;
    throw new Problem({
      status: 422,
      code: "idempotency-key-reused",
      title: "The idempotency key was used for another request",
      errors: [{ path: "/headers/idempotency-key", message: "belongs to another request; take a new key" }],
    });
  };
}

/** The same for one request. */
export async function earlierResponse<T>(queries: Queries, request: IdempotentRequest): Promise<T | undefined> {
  return (await earlierResponses<T>(queries, [request]))(request);
}

/** Keeps answers, committed together with the effects. A key that somebody has taken meanwhile rolls everything back. */
export async function keepResponses(tx: Transaction, answers: readonly KeptAnswer[]): Promise<void> {
  if (answers.length === 0) return;
  await queryLast(
    tx,
    `INSERT INTO idempotency_keys (user_id, key, request_hash, response)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::jsonb[])`,
    [
      answers.map(({ request }) => request.userId),
      answers.map(({ request }) => request.key),
      answers.map(({ request }) => request.hash),
      answers.map(({ response }) => JSON.stringify(response)),
    ],
  );
}

/** Forgets keys older than a day. How many. */
export async function forgetOldKeys(database: Database): Promise<number> {
  const rows = await database.query("DELETE FROM idempotency_keys WHERE created_at < now() - interval '1 day' RETURNING 1");
  return rows.length;
}
