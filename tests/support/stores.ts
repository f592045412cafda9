import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { removeContainer } from "./docker.ts";
import { startRedis, type StoreContainer } from "./store-containers.ts";
import { TEMPLATE_DATABASE, type StoreFacts } from "./stores-setup.ts";

/** The stores that `stores-setup.ts` has started for this run. */
export function stores(): StoreFacts {
  return inject("stores");
}

/** Value of a secret of this run: `redis`, `postgres_trading_app` ... */
export function secretValue(name: string): string {
  return readFileSync(join(stores().secretsDir, name), "utf8");
}

/** Secret file of a role's password: `trading_app`, `astra_admin`. */
function secretOf(role: string): string {
  return `postgres_${role.replace(/^astra_/, "")}`;
}

/** A database of its own, with the schemas, roles and grants of `astradb` and no tables. */
export interface TestDatabase {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Connection of a role, for `pg.Client` or `pg.Pool`: `trading_app`, `trading_owner`, `astra_admin`. */
  connectionOf(role: string): Required<Pick<pg.ClientConfig, "host" | "port" | "user" | "password" | "database">>;
  /** Ends every session of it and removes it. */
  drop(): Promise<void>;
}

/** Connection to one database of the shared PostgreSQL. */
function connection(role: string, database: string): ReturnType<TestDatabase["connectionOf"]> {
  const { host, port } = stores().postgres;
  return { host, port, user: role, password: secretValue(secretOf(role)), database };
}

async function asAdmin(sql: readonly string[]): Promise<void> {
  const client = new pg.Client(connection("astra_admin", "postgres"));
  await client.connect();
  try {
    for (const statement of sql) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Makes a fresh database for a test file. Nothing of it is shared with other files; `astradb` itself stays empty. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const database = `test_${randomBytes(6).toString("hex")}`;
  // One copy at a time: each would be in the other's way.
  await asAdmin(["SELECT pg_advisory_lock(4242)", `CREATE DATABASE ${database} TEMPLATE ${TEMPLATE_DATABASE}`]);
  return {
    host: stores().postgres.host,
    port: stores().postgres.port,
    database,
    connectionOf: (role) => connection(role, database),
    drop: async () => { await asAdmin([`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`]); },
  };
}

/** A Redis of its own, to pause, kill or fill; its password is the run's. */
export interface TestRedis extends StoreContainer {
  readonly password: string;
  remove(): Promise<void>;
}

/** Starts a Redis container for one test file; takes about a second. */
export async function createTestRedis(): Promise<TestRedis> {
  const { images, secretsDir } = stores();
  const container = await startRedis(images.redis, secretsDir);
  return { ...container, password: secretValue("redis"), remove: async () => { await removeContainer(container.id); } };
}

/** Environment by which a service process or `services/base/config.ts` finds these stores. */
export function storeEnvironment(database: Pick<TestDatabase, "database">, redis: StoreContainer = stores().redis): Record<string, string> {
  const { postgres, secretsDir } = stores();
  return {
    ASTRA_SECRETS_DIR: secretsDir,
    ASTRA_POSTGRES_HOST: postgres.host,
    ASTRA_POSTGRES_PORT: String(postgres.port),
    ASTRA_POSTGRES_DATABASE: database.database,
    ASTRA_REDIS_HOST: redis.host,
    ASTRA_REDIS_PORT: String(redis.port),
  };
}
