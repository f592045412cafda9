/** One open database transaction. Unqualified table names are those of the domain's own schema. */
export interface Transaction {
  /** Rows of one statement; `bigint` and `numeric` come back as strings, so that no amount passes a float. */
  query<T>(sql: string, params?: unknown[]): Promise<T[]>;
}

/** The domain's schema, as its application role. */
export interface Database {
  /**
   * One statement in a transaction of its own.
   *
   * @throws Problem `database-busy` (503) no connection came free in time, or `database-unavailable` (503)
   */
  query<T>(sql: string, params?: unknown[]): Promise<T[]>;
  /**
   * Commits what `work` did, or nothing of it when `work` throws. A serialization failure or deadlock runs `work`
   * again (3 attempts), so it must have no effects outside of the transaction.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Ends all connections once they are idle. */
  close(): Promise<void>;
}
