import type { Transaction } from "./database.ts";

/** A statement whose result nobody needs. */
export interface LastStatement {
  readonly sql: string;
  readonly params: unknown[];
}

/** What is to be done at a transaction's end, beside its statements. */
export interface TransactionHooks {
  /** A statement that is sent together with COMMIT, after those that were asked for before; when it fails, all is rolled back. */
  withCommit(make: () => LastStatement): void;
  /** Runs once the commit is acknowledged; must not throw. */
  afterCommit(work: () => void): void;
}

const hooks = new WeakMap<Transaction, TransactionHooks>();

/** Hooks of a transaction; absent for a stand-in that a test made. */
export function hooksOf(tx: Transaction): TransactionHooks | undefined {
  return hooks.get(tx);
}

export function attachHooks(tx: Transaction, its: TransactionHooks): void {
  hooks.set(tx, its);
}

/**
 * Has a statement run as one of the last of its transaction: it goes to the server together with COMMIT, which saves a
 * round trip and holds locks for less long. Its rows are lost, so what must have been so has to make it fail.
 */
export async function queryLast(tx: Transaction, sql: string, params: unknown[]): Promise<void> {
  const its = hooksOf(tx);
  if (its === undefined) await tx.query(sql, params);
  else its.withCommit(() => ({ sql, params }));
}
