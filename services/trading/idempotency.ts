import type { Transaction } from "../base/postgres/database.ts";
import { earlierResponse, type IdempotentRequest, keepResponses } from "./idempotency-store.ts";

export interface Outcome<T> {
  readonly response: T;
  /** It was done before, and this is what was answered then. */
  readonly replayed: boolean;
}

/**
 * Runs `work`; with an idempotency key, at most once for that key. The user's account has to be locked in `tx`. A refused
 * request keeps nothing: its key may be tried again.
 */
export async function once<T>(tx: Transaction, request: IdempotentRequest | undefined, work: () => Promise<T>): Promise<Outcome<T>> {
  const earlier = request && (await earlierResponse<T>(tx, request));
  if (earlier !== undefined) return { response: earlier, replayed: true };
  const response = await work();
  if (request) await keepResponses(tx, [{ request, response }]);
  return { response, replayed: false };
}
