import type { Database, Transaction } from "../base/postgres/database.ts";
import { claimKey, earlierResponse, type IdempotentRequest, keepResponse } from "./idempotency-store.ts";

export interface Outcome<T> {
  readonly response: T;
  /** It was done before, and this is what was answered then. */
  readonly replayed: boolean;
}

/**
 * Runs `work` in a transaction; with an idempotency key, at most once for that key. A refused request keeps nothing:
 * its key may be tried again.
 */
export function once<T>(
  database: Database,
  request: IdempotentRequest | undefined,
  work: (tx: Transaction) => Promise<T>,
): Promise<Outcome<T>> {
  return database.transaction(async (tx) => {
    if (!request) return { response: await work(tx), replayed: false };
    if (!(await claimKey(tx, request))) {
      const response = await earlierResponse<T>(tx, request);
      if (response === undefined) throw new Error(`idempotency key of user ${request.userId} was committed without a response`);
      return { response, replayed: true };
    }
    const response = await work(tx);
    await keepResponse(tx, request, response);
    return { response, replayed: false };
  });
}
