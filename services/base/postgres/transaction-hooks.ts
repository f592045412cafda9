import type { Transaction } from "./database.ts";

/** What is to be done at a transaction's end, beside its statements. */
export interface TransactionHooks {
  /** Runs as the last thing before COMMIT; throwing rolls back. */
  beforeCommit(work: () => Promise<void>): void;
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
