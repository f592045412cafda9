import pg from "pg";
import type { CommandLine } from "../host/runtime.ts";
import { databaseFacts, type Ask, type DatabaseFacts } from "./database-facts.ts";
import { outputOf } from "./stream-command.ts";

/** The superuser, and the one database. */
export const ADMIN = "astra_admin";
export const DATABASE = "astradb";

/** Tens of gigabytes on a slow disk. */
const DUMP_DEADLINE_MS = 6 * 3_600_000;
const CONNECT_MS = 10_000;
/** Longest wait for a table that a migration holds. */
const LOCK_WAIT = "60s";

/** A PostgreSQL that can be backed up. */
export interface PostgresSource {
  readonly connection: { readonly host: string; readonly port: number; readonly password: string };
  /** What runs a command where its programs are, as a user whom it lets in by its socket. */
  inside(command: readonly string[]): CommandLine;
}

/** One moment of a database: everything read by it is of that moment. */
export interface DatabaseSnapshot {
  /** ISO 8601, this machine's clock: not before the moment. */
  readonly at: string;
  readonly version: string;
  /** The database as `pg_restore` reads it, compressed. */
  dump(): AsyncIterable<Uint8Array>;
  facts(): Promise<DatabaseFacts>;
}

function asking(client: pg.Client): Ask {
  return async (sql) => {
    const { rows } = await client.query<string[]>({ text: sql, rowMode: "array", types: { getTypeParser: () => (value: string) => value } });
    return rows;
  };
}

/**
 * Works with one moment of the database, which is held in a transaction meanwhile: nothing of it is cleaned up, and
 * nobody waits for it.
 */
export async function withSnapshot<T>({ connection, inside }: PostgresSource, work: (snapshot: DatabaseSnapshot) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connection, user: ADMIN, database: DATABASE, application_name: "astra backup", connectionTimeoutMillis: CONNECT_MS });
  // Told by the query that fails.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const ask = asking(client);
    await ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const [[id = "", version = ""] = []] = await ask("SELECT pg_export_snapshot(), current_setting('server_version')");
    const at = new Date().toISOString();
    const args = [
      ["--username", ADMIN, "--dbname", DATABASE, "--no-password"],
      ["--format", "custom", "--compress", "zstd:1"],
      ["--snapshot", id, "--lock-wait-timeout", LOCK_WAIT],
    ].flat();
    return await work({
      at,
      version: version.split(" ")[0] ?? version,
      // Last in the queue for the processor: requests go first.
      dump: () => outputOf(inside(["nice", "-n", "19", "pg_dump", ...args]), "pg_dump", DUMP_DEADLINE_MS),
      facts: async () => await databaseFacts(ask),
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}
