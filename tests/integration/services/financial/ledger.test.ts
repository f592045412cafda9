import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventMigrations } from "../../../../services/base/events/outbox-migrations.ts";
import { migrateSchema } from "../../../../services/base/postgres/migrator.ts";
import { migrations } from "../../../../services/financial/migrations.ts";
import { createTestDatabase, type TestDatabase } from "../../../support/stores.ts";

let database: TestDatabase;
let owner: pg.Client;
let app: pg.Client;

async function connect(role: string): Promise<pg.Client> {
  const client = new pg.Client({ ...database.connectionOf(role), options: "-c search_path=financial" });
  await client.connect();
  return client;
}

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, app] = await Promise.all([connect("financial_owner"), connect("financial_app")]);
  await migrateSchema(owner, "financial", [...eventMigrations, ...migrations]);
  await app.query(`INSERT INTO ledger_accounts VALUES ('cash', 'USD', 'asset'), ('fees', 'USD', 'revenue'), ('fees', 'EUR', 'revenue')`);
  await transact([["cash", "USD", "1"], ["fees", "USD", "-1"]]);
});

afterAll(async () => {
  await Promise.all([owner.end(), app.end()]);
  await database.drop();
});

type Line = readonly [account: string, currency: string, amount: string];

/** Posts these lines as one transaction and says how the database took it. */
async function transact(lines: readonly Line[]): Promise<string> {
  const id = randomUUID();
  try {
    await app.query("BEGIN");
    await app.query("INSERT INTO ledger_transactions (id, kind, reference, occurred_at) VALUES ($1, 'test', $2, now())", [id, id]);
    for (const [position, line] of lines.entries()) {
      await app.query("INSERT INTO ledger_entries VALUES ($1, $2, $3, $4, $5)", [id, position, ...line]);
    }
    await app.query("COMMIT");
    return "recorded";
  } catch (error) {
    await app.query("ROLLBACK");
    return error instanceof Error ? error.message.replace(id, "T") : String(error);
  }
}

describe("R-SVC-1 the ledger is guarded by the database", () => {
  it("takes a transaction that balances, also in several currencies' worth of lines", async () => {
    expect(await transact([["cash", "USD", "10.5"], ["fees", "USD", "-10"], ["fees", "USD", "-0.5"]])).toBe("recorded");
  });

  it.each<[string, readonly Line[], string]>([
    [
      "by the smallest unit",
      [["cash", "USD", "1"], ["fees", "USD", "-0.999999999999999999"]],
      "ledger transaction T does not balance: its entries in USD sum to 0.000000000000000001, not 0",
    ],
    [
      "since it mixes currencies",
      [["cash", "USD", "5"], ["fees", "EUR", "-5"]],
      "ledger transaction T does not balance: its entries in ",
    ],
    ["since it has one line only", [["cash", "USD", "5"]], "ledger transaction T does not balance: its entries in USD sum to 5"],
    ["since it has no lines", [], "ledger transaction T has no entries"],
  ])("refuses at commit what does not balance, %s, and keeps nothing of it", async (_, lines, message) => {
    const count = async (): Promise<unknown> => (await app.query("SELECT count(*) FROM ledger_transactions")).rows;
    const before = await count();
    expect(await transact(lines)).toContain(message);
    expect(await count()).toEqual(before);
  });

  it("refuses lines on accounts that are not there, and lines of nothing", async () => {
    expect(await transact([["cash", "EUR", "5"], ["fees", "EUR", "-5"]])).toContain("foreign key constraint");
    expect(await transact([["cash", "USD", "0"], ["fees", "USD", "0"]])).toContain("check constraint");
  });

  it.each(["ledger_accounts", "ledger_transactions", "ledger_entries"])(
    "R-SVC-3 lets the service neither change nor remove rows of %s",
    async (table) => {
      const column = table === "ledger_entries" ? "amount = amount" : "kind = kind";
      for (const sql of [`UPDATE ${table} SET ${column}`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
        await expect(app.query(sql)).rejects.toThrow("permission denied");
      }
      await expect(app.query(`ALTER TABLE ${table} DISABLE TRIGGER ALL`)).rejects.toThrow("must be owner");
    },
  );

  it.each(["ledger_accounts", "ledger_transactions", "ledger_entries"])("refuses a change of %s to its owner as well", async (table) => {
    await expect(owner.query(`DELETE FROM ${table}`)).rejects.toThrow(`${table} is append-only`);
    await expect(owner.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow("is append-only");
  });

  it("sums to zero in every currency", async () => {
    const { rows } = await app.query("SELECT currency, trim_scale(sum(amount)) AS sum FROM ledger_entries GROUP BY currency");
    expect(rows).toEqual([{ currency: "USD", sum: "0" }]);
  });
});
