import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { dockerOrFail } from "../../../infra/host/docker.ts";
import { removeContainer, stopContainer } from "../../support/docker.ts";
import { makeSecretsFolder, startPostgres, writeSecret } from "../../support/store-containers.ts";
import { createTestDatabase, stores } from "../../support/stores.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function clientOf(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  await client.connect();
  cleanUp.push(async () => { await client.end(); });
  return client;
}

function secretIn(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** A volume and secrets of its own, for a test that starts PostgreSQL more than once. */
function ownStore(): { volume: string; secretsDir: string } {
  const volume = `astra-test-${randomBytes(6).toString("hex")}`;
  const secretsDir = makeSecretsFolder();
  cleanUp.push(async () => {
    rmSync(secretsDir, { recursive: true });
    await dockerOrFail(["volume", "rm", "--force", volume]);
  });
  return { volume, secretsDir };
}

describe("the postgres image", () => {
  it("gives an application role the rows of its own schema and nothing else", async () => {
    const database = await createTestDatabase();
    cleanUp.push(() => database.drop());
    const owner = await clientOf(database.connectionOf("trading_owner"));
    await owner.query("CREATE TABLE orders (id bigserial PRIMARY KEY, symbol text)");
    const app = await clientOf(database.connectionOf("trading_app"));
    const inserted = await app.query("INSERT INTO orders (symbol) VALUES ('BTC/USD') RETURNING id");
    expect(inserted.rows).toEqual([{ id: "1" }]);
    await expect(app.query("CREATE TABLE mine (id int)")).rejects.toThrow("permission denied for schema trading");
    await expect(app.query("CREATE TABLE public.mine (id int)")).rejects.toThrow("permission denied for schema public");
    await expect(app.query("DROP TABLE orders")).rejects.toThrow("must be owner of table orders");
    const stranger = await clientOf(database.connectionOf("social_app"));
    await expect(stranger.query("SELECT * FROM trading.orders")).rejects.toThrow("permission denied for schema trading");
  });

  it("lets services into an old volume with new secrets, keeps the data, and stops with exit code 0 (R-DEP-6)", async () => {
    const { volume, secretsDir } = ownStore();
    const image = stores().images.postgres;
    writeSecret(secretsDir, "postgres_users_app", "password-of-yesterday");
    const user = { user: "users_app", database: "astradb" };

    const first = await startPostgres(image, secretsDir, volume);
    cleanUp.push(() => removeContainer(first.id));
    const owner = new pg.Client({ ...first, user: "astra_admin", password: secretIn(secretsDir, "postgres_admin"), database: "astradb" });
    await owner.connect();
    await owner.query("SET ROLE users_owner");
    await owner.query("CREATE TABLE users.kept (name text)");
    await owner.end();
    const before = new pg.Client({ ...first, ...user, password: "password-of-yesterday" });
    await before.connect();
    await before.query("INSERT INTO kept VALUES ('Ada')");
    await before.end();
    expect(await stopContainer(first.id)).toBe(0);
    await removeContainer(first.id);

    writeSecret(secretsDir, "postgres_users_app", "password-of-today");
    const second = await startPostgres(image, secretsDir, volume);
    cleanUp.push(() => removeContainer(second.id));
    const after = await clientOf({ ...second, ...user, password: "password-of-today" });
    expect((await after.query("SELECT name FROM kept")).rows).toEqual([{ name: "Ada" }]);
    const late = new pg.Client({ ...second, ...user, password: "password-of-yesterday" });
    await expect(late.connect()).rejects.toThrow("password authentication failed");
  });

  it("keeps passwords out of its log", async () => {
    const log = await dockerOrFail(["logs", stores().postgres.id]);
    expect(log).not.toContain(secretIn(stores().secretsDir, "postgres_trading_app"));
  });
});
