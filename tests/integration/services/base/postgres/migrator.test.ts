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
    client.query("DROP TABLE IF EXISTS schema_migrations, one, two, outbox, inbox, event_stream CASCADE"),
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

describe("migrations of a schema (R-SVC-3)", () => {
  it("are applied once, in order, and a second run changes nothing", async () => {
    expect(await migrate(one)).toEqual({ schema: "trading", applied: ["0001-one"], already: 0 });
    expect(await migrate(one, two)).toEqual({ schema: "trading", applied: ["0002-two"], already: 1 });
    expect(await migrate(one, two)).toEqual({ schema: "trading", applied: [], already: 2 });
  });

  it("are applied once when two jobs run at the same time", async () => {
    const reports = await Promise.all([migrate(one, two), migrate(one, two), migrate(one, two)]);
    expect(reports.flatMap((report) => report.applied).sort()).toEqual(["0001-one", "0002-two"]);
  });

  it("leave an older release alone that comes back", async () => {
    await migrate(one, two);
    expect(await migrate(one)).toEqual({ schema: "trading", applied: [], already: 1 });
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

  it("leave nothing of one that fails, and keep those before it", async () => {
    const broken: Migration = { id: "0002-broken", phase: "expand", sql: "CREATE TABLE two (id integer); SELECT nonsense" };
    await expect(migrate(one, broken)).rejects.toThrow(/^schema trading: 0002-broken failed: column "nonsense" does not exist/);
    expect(await migrate(one, two)).toEqual({ schema: "trading", applied: ["0002-two"], already: 1 });
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
    for (const sql of ["DELETE FROM schema_migrations", "UPDATE schema_migrations SET checksum = ''", "INSERT INTO schema_migrations VALUES ('x', '', '')"]) {
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
