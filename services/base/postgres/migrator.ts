import { createHash } from "node:crypto";
import type pg from "pg";
import type { Migration } from "./migration.ts";

/** What was done to one schema. */
export interface MigrationReport {
  readonly schema: string;
  /** Ids applied now, in order. */
  readonly applied: readonly string[];
  /** Steps that had been applied before. */
  readonly already: number;
}

/** A schema that cannot be brought up to date; every reason is a line of the message. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
  readonly code = "migration-refused";
}

const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Fingerprint by which a changed step is found. */
export function checksumOf(migration: Migration): string {
  return createHash("sha256").update(migration.sql).digest("hex");
}

/**
 * Refuses a list that could be applied differently on two machines, or that differs from what was applied: `recorded`
 * has the checksum by id of what stands in the database.
 *
 * @throws MigrationError that names every step at fault
 */
export function checkMigrations(
  schema: string,
  migrations: readonly Migration[],
  recorded: ReadonlyMap<string, string>,
): void {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const migration of migrations) {
    if (!ID.test(migration.id)) problems.push(`${migration.id}: an id takes lower case, digits and dashes (0001-accounts)`);
    if (seen.has(migration.id)) problems.push(`${migration.id}: stands twice in the list`);
    seen.add(migration.id);
    const known = recorded.get(migration.id);
    if (known !== undefined && known !== checksumOf(migration)) {
      problems.push(`${migration.id}: its SQL was changed after it had been applied. Fix: restore it and add a further migration`);
    }
  }
  if (problems.length > 0) {
    throw new MigrationError(`schema ${schema}: ${problems.join("\n  ")}`);
  }
}

/** Longest wait for a lock that another colour's traffic holds, before the step lets go and tries again. */
const LOCK_TIMEOUT = "3s";
const LOCK_ATTEMPTS = 10;

/**
 * Applies what is missing, each step in a transaction of its own with its record. Two runs at once are one after the
 * other. Steps that a newer release has recorded are left alone, so that an older colour can come back.
 *
 * @param client connected as `<schema>_owner`
 * @throws MigrationError a recorded step has changed
 */
export async function migrateSchema(
  client: pg.ClientBase,
  schema: string,
  migrations: readonly Migration[],
): Promise<MigrationReport> {
  await client.query("SELECT set_config('lock_timeout', '120s', false), set_config('search_path', $1, false)", [schema]);
  await client.query("SELECT pg_advisory_lock(hashtextextended('astra:migrate:' || $1, 0))", [schema]);
  try {
    await client.query(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         id text PRIMARY KEY, checksum text NOT NULL, phase text NOT NULL,
         applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
    );
    // Services read it for their readiness; only migrations write it.
    await client.query(`REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM "${schema}_app"`);
    await client.query(`GRANT SELECT ON schema_migrations TO "${schema}_app"`);
    const { rows } = await client.query<{ id: string; checksum: string }>("SELECT id, checksum FROM schema_migrations");
    const recorded = new Map(rows.map((row) => [row.id, row.checksum]));
    checkMigrations(schema, migrations, recorded);
    const missing = migrations.filter((migration) => !recorded.has(migration.id));
    for (const migration of missing) await applyPatiently(client, schema, migration);
    return { schema, applied: missing.map((migration) => migration.id), already: migrations.length - missing.length };
  } finally {
    // A session that is gone has let go of its lock already; the error that broke it is the one to show.
    await client
      .query("SELECT pg_advisory_unlock(hashtextextended('astra:migrate:' || $1, 0))", [schema])
      .catch(() => undefined);
  }
}

async function applyPatiently(client: pg.ClientBase, schema: string, migration: Migration): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await apply(client, migration);
      return;
    } catch (error) {
      await client.query("ROLLBACK");
      const lockTimedOut = error instanceof Error && "code" in error && error.code === "55P03";
      if (lockTimedOut && attempt < LOCK_ATTEMPTS) continue;
      const reason = error instanceof Error ? error.message : String(error);
      throw new MigrationError(`schema ${schema}: ${migration.id} failed: ${reason}. Nothing of it was kept`, { cause: error });
    }
  }
}

async function apply(client: pg.ClientBase, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
  await client.query(migration.sql);
  await client.query("INSERT INTO schema_migrations (id, checksum, phase) VALUES ($1, $2, $3)", [
    migration.id,
    checksumOf(migration),
    migration.phase,
  ]);
  await client.query("COMMIT");
}
