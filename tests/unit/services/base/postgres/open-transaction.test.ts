import type pg from "pg";
import { expect, test } from "vitest";
import { OpenTransaction } from "../../../../../services/base/postgres/open-transaction.ts";
import { queryLast } from "../../../../../services/base/postgres/transaction-hooks.ts";
import { SqlSpans } from "../../../../../services/base/tracing/sql-span.ts";

interface Sent {
  readonly sql: string;
  answer(rows?: unknown[]): void;
  fail(error: Error): void;
}

/** A connection on which nothing is answered before a test says so. */
function connection(): { client: pg.ClientBase; sent: Sent[]; sqls: () => string[] } {
  const sent: Sent[] = [];
  const query = (statement: string | { readonly text: string }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const sql = typeof statement === "string" ? statement : statement.text;
      sent.push({ sql, answer: (rows = []) => resolve({ rows, command: sql }), fail: reject });
    });
  return { client: { query } as unknown as pg.ClientBase, sent, sqls: () => sent.map(({ sql }) => sql) };
}

const spans = new SqlSpans({ host: "h", port: 1, database: "d", schema: "s" });

/** All that follows from what has been answered by now. */
async function pause(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await Promise.resolve();
}

function begin(): ReturnType<typeof connection> & { tx: OpenTransaction; begun: Sent } {
  const made = connection();
  const tx = new OpenTransaction(made.client, spans, made.client.query("BEGIN") as Promise<unknown>);
  const begun = made.sent[0];
  if (begun === undefined) throw new Error("BEGIN was not sent");
  return { ...made, tx, begun };
}

test("a read goes out together with BEGIN, and counts only once BEGIN has succeeded", async () => {
  const { tx, sent, sqls, begun } = begin();
  const read = tx.query("SELECT balance FROM accounts WHERE user_id = $1 FOR UPDATE", [1]);
  await pause();
  expect(sqls()).toEqual(["BEGIN", "SELECT balance FROM accounts WHERE user_id = $1 FOR UPDATE"]);
  sent[1]?.answer([{ balance: "1" }]);
  begun.fail(new Error("canceling statement due to statement timeout"));
  await expect(read).rejects.toThrow("statement timeout");
});

test.each(["INSERT INTO inbox VALUES ($1)", "WITH gone AS (DELETE FROM a RETURNING 1) SELECT 1 FROM gone WHERE 1 = $1", "UPDATE a SET b = $1"])(
  "a write is not sent before BEGIN has succeeded, or it would stand by itself (R-EVT-3): %s",
  async (sql) => {
    const { tx, sqls, begun } = begin();
    const write = tx.query(sql, [1]);
    await pause();
    expect(sqls()).toEqual(["BEGIN"]);
    begun.fail(new Error("canceling statement due to statement timeout"));
    await expect(write).rejects.toThrow("statement timeout");
    expect(sqls()).toEqual(["BEGIN"]);
  },
);

test("the last statements and COMMIT go out together, after BEGIN has succeeded", async () => {
  const { tx, sent, sqls, begun } = begin();
  await queryLast(tx, "INSERT INTO outbox VALUES ($1)", [1]);
  await queryLast(tx, "UPDATE a SET b = $1", [1]);
  const committed = tx.commit();
  await pause();
  expect(sqls()).toEqual(["BEGIN"]);
  begun.answer();
  await pause();
  expect(sqls()).toEqual(["BEGIN", "INSERT INTO outbox VALUES ($1)", "UPDATE a SET b = $1", "COMMIT"]);
  for (const one of sent.slice(1)) one.answer();
  await committed;
});
