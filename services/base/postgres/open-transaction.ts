import type pg from "pg";
import type { SqlSpans } from "../tracing/sql-span.ts";
import type { Transaction } from "./database.ts";
import { run } from "./prepared.ts";
import { sendTogether } from "./send-together.ts";
import { attachHooks, type LastStatement } from "./transaction-hooks.ts";

/** What has no effect even where its BEGIN should fail. */
const READ = /^\s*SELECT\b/i;

/** A transaction between BEGIN and its end, with what was asked to be done at its end. */
export class OpenTransaction implements Transaction {
  readonly #client: pg.ClientBase;
  readonly #spans: SqlSpans;
  readonly #last: (() => LastStatement)[] = [];
  readonly #after: (() => void)[] = [];
  /** Absent once the server has answered it. */
  #begun: Promise<unknown> | undefined;
  #ended = false;

  /** `begun` is the answer to BEGIN, which has been sent on this connection. */
  constructor(client: pg.ClientBase, spans: SqlSpans, begun: Promise<unknown>) {
    this.#client = client;
    this.#spans = spans;
    this.#begun = begun;
    // Whoever needs the answer waits for it; nobody may be left to hear of its failure.
    begun.catch(() => undefined);
    attachHooks(this, {
      withCommit: (make) => void this.#last.push(make),
      afterCommit: (work) => void this.#after.push(work),
    });
  }

  async query<T>(sql: string, params?: unknown[]): Promise<T[]> {
    // A forgotten `await` in a handler would otherwise run outside of the transaction, unnoticed.
    if (this.#ended) throw new Error("this transaction has ended. Fix: await every query inside of it");
    // A read goes out together with BEGIN. A write does not: if BEGIN failed, as it may on a server that was paused, the
    // write would stand by itself.
    if (this.#begun !== undefined && !READ.test(sql)) await this.#begin();
    const result = await this.#spans.statement(sql, () => run(this.#client, sql, params));
    if (this.#begun !== undefined) await this.#begin();
    return result.rows as T[];
  }

  async commit(): Promise<void> {
    if (this.#begun !== undefined) await this.#begin();
    // One after the other on the wire, without waiting: where one fails, the server rolls back at COMMIT.
    sendTogether(this.#client);
    const last = this.#last.map((make) => {
      const { sql, params } = make();
      return this.query(sql, params);
    });
    this.#ended = true;
    const committed = this.#spans.statement("COMMIT", () => this.#client.query("COMMIT"));
    const outcomes = await Promise.allSettled([...last, committed]);
    // The first failure is the cause of the others.
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    // A transaction in which a statement failed, the error swallowed, "commits" by rolling back.
    if ((await committed).command === "ROLLBACK") {
      throw new Error("the transaction was rolled back: a statement in it had failed. Fix: let its error through");
    }
    for (const work of this.#after) work();
  }

  async rollback(): Promise<void> {
    this.#ended = true;
    await this.#client.query("ROLLBACK");
  }

  async #begin(): Promise<void> {
    await this.#begun;
    this.#begun = undefined;
  }
}
