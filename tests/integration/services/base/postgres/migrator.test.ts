import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventMigrations } from "../../../../../services/base/events/outbox-migrations.ts";
import { Metrics } from "../../../../../services/base/metrics.ts";
import type { Migration } from "../../../../../services/base/postgres/migration.ts";
import { migrateSchema } from "../../../../../services/base/postgres/migrator.ts";
import { PostgresDatabase } from "../../../../../services/base/postgres/postgres-database.ts";
import { schemaReady } from "../../../../../services/base/postgres/schema-ready.ts";
import { createTestDatabase, secretValue, type TestDatabase } from "../../../../support/stores.ts";
import { silent } from "../events/bus-process.ts";

let stores: TestDatabase;
beforeAll(async () => {
  stores = await createTestDatabase();
});
afterAll(async () => {
  await stores.drop();
});
beforeEach(async () => {
  await as("trading_owner", (client) =>
    client.query("DROP TABLE IF EXISTS schema_migrations, schema_releases, one, two, outbox, inbox, event_stream CASCADE"),
  );
});

async function as<T>(role: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(stores.connectionOf(role));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const one: Migration = { id: "0001-one", phase: "expand", sql: "CREATE TABLE one (id integer)" };
const two: Migration = { id: "0002-two", phase: "expand", sql: "CREATE TABLE two (id integer); INSERT INTO two VALUES (1)" };
const migrate = (...migrations: Migration[]): ReturnType<typeof migrateSchema> =>
  as("trading_owner", (client) => migrateSchema(client, "trading", migrations));

/** Applies the steps as a colour's release whose other colour runs, or is gone. */
const release = (colour: "blue" | "green", othersLife: string | undefined, ...migrations: Migration[]): ReturnType<typeof migrateSchema> =>
  as("trading_owner", (client) => migrateSchema(client, "trading", migrations, { colour, version: `of ${colour}`, othersLife: async () => await Promise.resolve(othersLife) }));

describe("contract migrations of a schema (R-DEP-2, R-DEP-3)", () => {
  const contract: Migration = { id: "0002-contract", phase: "contract", sql: "ALTER TABLE one DROP COLUMN old" };
  const first: Migration = { ...one, sql: "CREATE TABLE one (id integer, old text)" };
  const columns = async (): Promise<readonly string[]> =>
    await as("trading_owner", async (client) => {
      const { rows } = await client.query<{ column_name: string }>(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'trading' AND table_name = 'one' ORDER BY 1",
      );
      return rows.map((row) => row.column_name);
    });

  it("wait while the other colour runs without them, later expand steps do not, and they follow once it is gone", async () => {
    await release("blue", undefined, first);
    expect(await release("green", "still runs", first, contract, two)).toEqual({
      schema: "trading",
      applied: ["0002-two"],
      already: 1,
      waiting: [{ id: "0002-contract", why: "blue (of blue) does not have it, and still runs" }],
    });
    expect(await columns()).toEqual(["id", "old"]);
    expect(await release("green", undefined, first, contract, two)).toMatchObject({ applied: ["0002-contract"], already: 2, waiting: [] });
    expect(await columns()).toEqual(["id"]);
  });

  it("do not wait for a colour whose release has them too", async () => {
    await release("blue", undefined, first);
    await release("green", "still runs", first, contract);
    // Blue is deployed anew with the same steps, while green runs.
    expect(await release("blue", "still runs", first, contract, two)).toMatchObject({ applied: ["0002-contract", "0002-two"], waiting: [] });
  });

  it("wait for a colour that has left no word, from before there were such records", async () => {
    await release("blue", undefined, first);
    await as("trading_owner", (client) => client.query("DROP TABLE schema_releases"));
    expect(await release("green", "still runs", first, contract)).toMatchObject({ applied: [], waiting: [{ id: "0002-contract", why: "blue (unknown) does not have it, and still runs" }] });
  });

  it("are all applied, in order, where nothing was ever deployed", async () => {
    expect(await release("blue", "is not asked", first, contract, two)).toMatchObject({ applied: ["0001-one", "0002-contract", "0002-two"], waiting: [] });
  });

  it("keep a release from coming back that does not have them, and so does a step that declares it cannot go back", async () => {
    await release("blue", undefined, first, contract);
    await expect(release("green", "still runs", first)).rejects.toThrow("0002-contract: was applied by a newer release and cannot be undone");
    await release("blue", undefined, first, contract, { ...two, reversible: false });
    await expect(release("green", undefined, first, contract)).rejects.toThrow("0002-two: was applied by a newer release and cannot be undone");
  });
});

describe("migrations of a schema (R-SVC-3)", () => {
  it("are applied once, in order, and a second run changes nothing", async () => {
    expect(await migrate(one)).toEqual({ schema: "trading", applied: ["0001-one"], already: 0, waiting: [] });
    expect(await migrate(one, two)).toEqual({ schema: "trading", applied: ["0002-two"], already: 1, waiting: [] });
    expect(await migrate(one, two)).toEqual({ schema: "trading", applied: [], already: 2, waiting: [] });
  });

  it("are applied once when two jobs run at the same time", async () => {
    const reports = await Promise.all([migrate(one, two), migrate(one, two), migrate(one, two)]);
    expect(reports.flatMap((report) => report.applied).sort()).toEqual(["0001-one", "0002-two"]);
  });

  it("leave an older release alone that comes back", async () => {
    await migrate(one, two);
    expect(await migrate(one)).toEqual({ schema: "trading", applied: [], already: 1, waiting: [] });
  });

  it("are refused when an applied one has changed, and nothing is applied then", async () => {
    await migrate(one);
    await expect(migrate({ ...one, sql: "CREATE TABLE one (id bigint)" }, two)).rejects.toThrow(
      "schema trading: 0001-one: its SQL was changed after it had been applied. Fix: restore it and add a further migration",
    );
    expect(await migrate(one)).toMatchObject({ already: 1 });
    await as("trading_owner", async (client) => {
      await expect(client.query("SELECT * FROM two")).rejects.toMatchObject({ code: "42P01" });
    });
  });

  it("are refused when an expand step would take away what the other colour uses", async () => {
    await migrate(one);
    const drop: Migration = { id: "0002-drop", phase: "expand", sql: "ALTER TABLE one DROP COLUMN id" };
    await expect(migrate(one, drop, two)).rejects.toThrow("schema trading: 0002-drop: `alter table one drop column id` drops what older code uses");
    expect(await migrate(one)).toMatchObject({ applied: [], already: 1 });
  });

  it("leave nothing of one that fails, and keep those before it", async () => {
    const broken: Migration = { id: "0002-broken", phase: "expand", sql: "CREATE TABLE two (id integer); SELECT nonsense" };
    await expect(migrate(one, broken)).rejects.toThrow(/^schema trading: 0002-broken failed: column "nonsense" does not exist/);
    expect(await migrate(one, two)).toEqual({ schema: "trading", applied: ["0002-two"], already: 1, waiting: [] });
  });

  it("tell a service when its schema is ready, and the application role cannot write their record", async () => {
    const { host, port, database } = stores;
    const settings = { host, port, database, user: "trading_app", password: secretValue("postgres_trading_app"), schema: "trading" };
    const db = new PostgresDatabase({ settings, applicationName: "ready", metrics: new Metrics({ service: "t", colour: "blue" }), log: silent });
    expect(await schemaReady(db, "0002-two")).toBe(false);
    await migrate(one);
    expect(await schemaReady(db, "0002-two")).toBe(false);
    await migrate(one, two);
    expect(await schemaReady(db, "0002-two")).toBe(true);
    for (const sql of ["DELETE FROM schema_migrations", "UPDATE schema_migrations SET checksum = ''", "INSERT INTO schema_migrations VALUES ('x', '', '')", "DELETE FROM schema_releases"]) {
      await expect(db.query(sql)).rejects.toMatchObject({ code: "42501" });
    }
    await db.close();
  });

  it("give the application role what the event bus needs of its tables, and no more", async () => {
    await migrate(...eventMigrations);
    await as("trading_app", async (client) => {
      for (const table of ["outbox", "inbox", "event_stream"]) {
        const { rows } = await client.query(
          `SELECT has_table_privilege($1, 'SELECT,INSERT') AND has_table_privilege($1, 'UPDATE') AND has_table_privilege($1, 'DELETE') AS may,
                  has_table_privilege($1, 'TRUNCATE') AS may_truncate`, [table]);
        expect(rows).toEqual([{ may: true, may_truncate: false }]);
      }
    });
  });
});
