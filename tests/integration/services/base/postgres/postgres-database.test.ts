import { connect, createServer } from "node:net";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Metrics } from "../../../../../services/base/metrics.ts";
import type { Database } from "../../../../../services/base/postgres/database.ts";
import { PostgresDatabase, type DatabaseOptions } from "../../../../../services/base/postgres/postgres-database.ts";
import { hooksOf, queryLast } from "../../../../../services/base/postgres/transaction-hooks.ts";
import { freePort } from "../../../../support/docker.ts";
import { createTestDatabase, secretValue, type TestDatabase } from "../../../../support/stores.ts";
import { waitFor } from "../../../../support/wait-for.ts";
import { silent } from "../events/bus-process.ts";

let stores: TestDatabase;
let admin: pg.Client;
const open: Database[] = [];

beforeAll(async () => {
  stores = await createTestDatabase();
  const owner = new pg.Client(stores.connectionOf("trading_owner"));
  await owner.connect();
  await owner.query("CREATE TABLE numbers (id integer PRIMARY KEY, big bigint, exact numeric)");
  await owner.end();
  admin = new pg.Client(stores.connectionOf("astra_admin"));
  await admin.connect();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
  await admin.query("TRUNCATE trading.numbers");
});
afterAll(async () => {
  await admin.end();
  await stores.drop();
});

function database(options: Partial<DatabaseOptions> = {}): PostgresDatabase & { metrics: Metrics } {
  const metrics = new Metrics({ service: "trading", colour: "blue" });
  const { host, port, database: name } = stores;
  const settings = { host, port, database: name, user: "trading_app", password: secretValue("postgres_trading_app"), schema: "trading" };
  const made = new PostgresDatabase({ settings, applicationName: "pool-test", metrics, log: silent, ...options });
  open.push(made);
  return Object.assign(made, { metrics });
}

async function sessions(): Promise<number> {
  const { rows } = await admin.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'pool-test' AND datname = current_database()",
  );
  return rows[0]?.n ?? 0;
}

describe("a service's database (R-SVC-3)", () => {
  it("gives bigint and numeric as strings, exactly as they are stored", async () => {
    const db = database();
    await db.query("INSERT INTO numbers VALUES (1, $1, $2)", ["9007199254740993", "0.10000000000000000001"]);
    expect(await db.query("SELECT big, exact FROM numbers")).toEqual([
      { big: "9007199254740993", exact: "0.10000000000000000001" },
    ]);
  });

  it("rolls back what failed, and keeps serving on the same connection", async () => {
    const db = database({ base: 1, overflow: 0 });
    await expect(
      db.transaction(async (tx) => {
        await tx.query("INSERT INTO numbers (id) VALUES (1)");
        await tx.query("INSERT INTO numbers (id) VALUES (1)");
      }),
    ).rejects.toMatchObject({ code: "23505" });
    expect(await db.query("SELECT * FROM numbers")).toEqual([]);
    expect(await sessions()).toBe(1);
  });

  it("refuses a statement after the end of its transaction, and a commit of a failed one", async () => {
    const db = database();
    let leaked: (() => Promise<unknown>) | undefined;
    await db.transaction(async (tx) => void (leaked = () => tx.query("SELECT 1")));
    await expect(leaked?.()).rejects.toThrow("this transaction has ended");
    await expect(
      db.transaction(async (tx) => {
        await tx.query("SELECT 1/0").catch(() => undefined);
      }),
    ).rejects.toThrow("a statement in it had failed");
  });

  it("sends what was left for the end together with the commit, in order, and all of it is committed", async () => {
    const db = database();
    let told = 0;
    await db.transaction(async (tx) => {
      await queryLast(tx, "INSERT INTO numbers (id, big) VALUES ($1, $2)", [1, "10"]);
      await queryLast(tx, "UPDATE numbers SET big = big + $1", ["1"]);
      hooksOf(tx)?.afterCommit(() => void (told += 1));
      expect(await tx.query("SELECT * FROM numbers")).toEqual([]);
    });
    expect(await db.query("SELECT id, big FROM numbers")).toEqual([{ id: 1, big: "11" }]);
    expect(told).toBe(1);
  });

  it("rolls all back when what was left for the end fails, says why, and tells nobody of a commit (R-EVT-3)", async () => {
    const db = database({ base: 1, overflow: 0 });
    let told = 0;
    const work = db.transaction(async (tx) => {
      await tx.query("INSERT INTO numbers (id) VALUES ($1)", [1]);
      await queryLast(tx, "INSERT INTO numbers (id) VALUES ($1)", [1]);
      await queryLast(tx, "INSERT INTO numbers (id) VALUES ($1)", [2]);
      hooksOf(tx)?.afterCommit(() => void (told += 1));
    });
    await expect(work).rejects.toMatchObject({ code: "23505" });
    expect(await db.query("SELECT id FROM numbers")).toEqual([]);
    expect(told).toBe(0);
  });

  it("takes a fresh connection when a migration has made a prepared statement stale", async () => {
    const db = database({ base: 1, overflow: 0 });
    const owner = new pg.Client(stores.connectionOf("trading_owner"));
    await owner.connect();
    await owner.query("CREATE TABLE changing (id integer, worth integer)");
    const all = (): Promise<unknown[]> => db.query("SELECT * FROM changing WHERE id > $1", [0]);
    await db.query("INSERT INTO changing VALUES ($1, $2)", [1, 5]);
    expect(await all()).toEqual([{ id: 1, worth: 5 }]);
    await owner.query("ALTER TABLE changing ALTER COLUMN worth TYPE bigint");
    expect(await all()).toEqual([{ id: 1, worth: "5" }]);
    await owner.query("ALTER TABLE changing ALTER COLUMN worth TYPE text");
    expect(await db.transaction((tx) => tx.query("SELECT * FROM changing WHERE id > $1", [0]))).toEqual([{ id: 1, worth: "5" }]);
    await owner.query("DROP TABLE changing");
    await owner.end();
  });

  it("runs a transaction again that a deadlock got in the way of", async () => {
    const db = database();
    await db.query("INSERT INTO numbers VALUES (1, 0), (2, 0)");
    const both = (first: number, second: number): Promise<void> =>
      db.transaction(async (tx) => {
        await tx.query("UPDATE numbers SET big = big + 1 WHERE id = $1", [first]);
        await tx.query("SELECT pg_sleep(0.05)");
        await tx.query("UPDATE numbers SET big = big + 1 WHERE id = $1", [second]);
      });
    await Promise.all([both(1, 2), both(2, 1)]);
    expect(await db.query("SELECT big FROM numbers ORDER BY id")).toEqual([{ big: "2" }, { big: "2" }]);
  });

  it("has 15 connections at most, and answers database-busy when none comes free in time", async () => {
    // Also the time that each of the fifteen has to be opened in.
    const db = database({ connectTimeoutMs: 3_000 });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const holders = Array.from({ length: 15 }, () => db.transaction(() => held));
    await waitFor("15 sessions", async () => ((await sessions()) === 15 ? true : undefined));
    await expect(db.query("SELECT 1")).rejects.toMatchObject({ status: 503, code: "database-busy" });
    expect(await sessions()).toBe(15);
    release();
    await Promise.all(holders);
    expect(await db.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("shrinks to its 5 connections when idle", async () => {
    const db = database({ idleMs: 100 });
    await Promise.all(Array.from({ length: 15 }, () => db.query("SELECT pg_sleep(0.1)")));
    await waitFor("5 sessions", async () => ((await sessions()) === 5 ? true : undefined));
  });

  it("ends a statement that takes too long with database-timeout", async () => {
    const db = database({ statementTimeoutMs: 50 });
    await expect(db.query("SELECT pg_sleep(5)")).rejects.toMatchObject({ status: 503, code: "database-timeout" });
  });

  it("survives the loss of its sessions, in the middle of a transaction too", async () => {
    const db = database();
    const cut = db.transaction(async (tx) => {
      const [row] = await tx.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      await admin.query("SELECT pg_terminate_backend($1)", [row?.pid]);
      await tx.query("SELECT 1");
    });
    await expect(cut).rejects.toMatchObject({ code: "database-unavailable" });
    expect(await db.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("refuses at once while the database is away, and comes back by itself", async () => {
    const port = await freePort();
    const settings = { host: "127.0.0.1", port, database: stores.database, user: "trading_app", password: secretValue("postgres_trading_app"), schema: "trading" };
    const db = database({ settings, breaker: { resetMs: 100 } });
    for (let n = 0; n < 8; n += 1) {
      await expect(db.query("SELECT 1")).rejects.toMatchObject({ status: 503, code: "database-unavailable" });
    }
    expect(await db.metrics.registry.metrics()).toMatch(/^db_breaker_open\{.*\} 1$/m);
    const server = createServer((socket) => {
      const onward = connect(stores.port, stores.host);
      socket.pipe(onward).pipe(socket);
      for (const side of [socket, onward]) side.on("error", () => undefined);
    }).listen(port, "127.0.0.1");
    expect(await waitFor("the database", () => db.query("SELECT 1 AS one"))).toEqual([{ one: 1 }]);
    expect(await db.metrics.registry.metrics()).toMatch(/^db_breaker_open\{.*\} 0$/m);
    server.close();
  });

  it("never refuses because of what a statement is to blame for", async () => {
    const db = database();
    await db.query("INSERT INTO numbers VALUES (7)");
    for (let n = 0; n < 20; n += 1) {
      await expect(db.query("INSERT INTO numbers VALUES (7)")).rejects.toMatchObject({ code: "23505" });
    }
    expect(await db.query("SELECT id FROM numbers")).toEqual([{ id: 7 }]);
  });
});

describe("the application role", () => {
  it("reaches its own schema only, and cannot change what tables there are (R-SVC-3)", async () => {
    const db = database();
    await expect(db.query("CREATE TABLE mine (id integer)")).rejects.toMatchObject({ code: "42501" });
    await expect(db.query("DROP TABLE numbers")).rejects.toMatchObject({ code: "42501" });
    await expect(db.query("SELECT * FROM social.anything")).rejects.toMatchObject({ code: "42501" });
  });
});
