import type pg from "pg";
import type { SqlSpans } from "../tracing/sql-span.ts";
import type { Transaction } from "./database.ts";
import { attachHooks } from "./transaction-hooks.ts";

/** A transaction between BEGIN and its end, with what was asked to be done at its end. */
export class OpenTransaction implements Transaction {
  readonly #client: pg.ClientBase;
  readonly #spans: SqlSpans;
  readonly #before: (() => Promise<void>)[] = [];
  readonly #after: (() => void)[] = [];
  #ended = false;

  constructor(client: pg.ClientBase, spans: SqlSpans) {
    this.#client = client;
    this.#spans = spans;
    attachHooks(this, {
      beforeCommit: (work) => void this.#before.push(work),
      afterCommit: (work) => void this.#after.push(work),
    });
  }

  async query<T>(sql: string, params?: unknown[]): Promise<T[]> {
    // A forgotten `await` in a handler would otherwise run outside of the transaction, unnoticed.
    if (this.#ended) throw new Error("this transaction has ended. Fix: await every query inside of it");
    const result = await this.#spans.statement(sql, () => this.#client.query(sql, params));
    return result.rows as T[];
  }

  async commit(): Promise<void> {
    // By index: a hook may add another one.
    for (let n = 0; n < this.#before.length; n += 1) await this.#before[n]?.();
    this.#ended = true;
    const { command } = await this.#spans.statement("COMMIT", () => this.#client.query("COMMIT"));
    // A transaction in which a statement failed, the error swallowed, "commits" by rolling back.
    if (command === "ROLLBACK") {
      throw new Error("the transaction was rolled back: a statement in it had failed. Fix: let its error through");
    }
    for (const work of this.#after) work();
  }

  async rollback(): Promise<void> {
    this.#ended = true;
    await this.#client.query("ROLLBACK");
  }
}
