import type pg from "pg";
import type { Colour } from "../config.ts";
import type { Migration } from "./migration.ts";
import { MigrationError, planMigrations, recordOf, type OtherRelease, type RecordedStep } from "./migration-plan.ts";

/** What was done to one schema. */
export interface MigrationReport {
  readonly schema: string;
  /** Ids applied now, in order. */
  readonly applied: readonly string[];
  /** Steps that had been applied before. */
  readonly already: number;
  /** Contract steps that were not applied, and why. */
  readonly waiting: readonly { readonly id: string; readonly why: string }[];
}

/** The release whose steps are applied. */
export interface MigratingRelease {
  readonly colour: Colour;
  readonly version: string;
  /**
   * Why the other colour's release counts as one that runs; undefined: it is gone. Asked only where a contract step
   * hangs on it.
   */
  readonly othersLife: (other: Colour) => Promise<string | undefined>;
}

/** Longest wait for a lock that another colour's traffic holds, before the step lets go and tries again. */
const LOCK_TIMEOUT = "3s";
const LOCK_ATTEMPTS = 10;

/** A schema by hand and in tests: nothing else runs. */
const ALONE: MigratingRelease = { colour: "blue", version: "unversioned", othersLife: async () => await Promise.resolve(undefined) };

/**
 * Applies what is missing, each step in a transaction of its own with its record. Two runs at once are one after the
 * other. Reversible steps that a newer release has recorded are left alone, so that an older colour can come back. Contract
 * steps wait as long as the other colour runs with a release that does not have them.
 *
 * @param client connected as `<schema>_owner`
 * @throws MigrationError a recorded step has changed, an expand step is destructive, or this release is too old
 */
export async function migrateSchema(
  client: pg.ClientBase,
  schema: string,
  migrations: readonly Migration[],
  release: MigratingRelease = ALONE,
): Promise<MigrationReport> {
  await client.query("SELECT set_config('lock_timeout', '120s', false), set_config('search_path', $1, false)", [schema]);
  await client.query("SELECT pg_advisory_lock(hashtextextended('astra:migrate:' || $1, 0))", [schema]);
  try {
    await createRecords(client, schema);
    const recorded = await recordedSteps(client);
    const other = recorded.size === 0 ? undefined : await otherRelease(client, release.colour);
    const asked = planMigrations(schema, migrations, recorded, other);
    const why = other !== undefined && asked.needGone.length > 0 ? await release.othersLife(other.colour) : undefined;
    const plan = why === undefined ? planMigrations(schema, migrations, recorded) : asked;
    // Before the first step: a release that dies in the middle may have begun to need what it says it knows.
    await rememberRelease(client, release, migrations);
    for (const migration of plan.apply) await applyPatiently(client, schema, migration);
    return {
      schema,
      applied: plan.apply.map(({ id }) => id),
      already: migrations.length - plan.apply.length - plan.needGone.length,
      waiting: plan.needGone.map(({ id }) => ({ id, why: `${other?.colour ?? "?"} (${other?.version ?? "?"}) does not have it, and ${why ?? "runs"}` })),
    };
  } finally {
    // A session that is gone has let go of its lock already; the error that broke it is the one to show.
    await client
      .query("SELECT pg_advisory_unlock(hashtextextended('astra:migrate:' || $1, 0))", [schema])
      .catch(() => undefined);
  }
}

/** Tables in which a schema remembers its steps, and which of them the release of each colour has. */
async function createRecords(client: pg.ClientBase, schema: string): Promise<void> {
  await client.query(
    `CREATE TABLE IF NOT EXISTS schema_migrations (
       id text PRIMARY KEY, checksum text NOT NULL, phase text NOT NULL,
       applied_at timestamptz NOT NULL DEFAULT clock_timestamp());
     ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS reversible boolean NOT NULL DEFAULT true;
     CREATE TABLE IF NOT EXISTS schema_releases (
       colour text PRIMARY KEY, version text NOT NULL, steps text[] NOT NULL,
       at timestamptz NOT NULL DEFAULT clock_timestamp())`,
  );
  // Services read them; only migrations write them.
  for (const table of ["schema_migrations", "schema_releases"]) {
    await client.query(`REVOKE INSERT, UPDATE, DELETE ON ${table} FROM "${schema}_app"`);
    await client.query(`GRANT SELECT ON ${table} TO "${schema}_app"`);
  }
}

async function recordedSteps(client: pg.ClientBase): Promise<ReadonlyMap<string, RecordedStep>> {
  const { rows } = await client.query<{ id: string } & RecordedStep>("SELECT id, checksum, reversible FROM schema_migrations ORDER BY id");
  return new Map(rows.map(({ id, checksum, reversible }) => [id, { checksum, reversible }]));
}

async function otherRelease(client: pg.ClientBase, own: Colour): Promise<OtherRelease> {
  const { rows } = await client.query<{ colour: Colour; version: string; steps: string[] }>("SELECT colour, version, steps FROM schema_releases WHERE colour <> $1", [own]);
  // One that has left no word may be of a release from before there were these records.
  const { colour, version, steps } = rows[0] ?? { colour: own === "blue" ? "green" : "blue", version: "unknown", steps: [] };
  return { colour, version, steps: new Set(steps) };
}

async function rememberRelease(client: pg.ClientBase, { colour, version }: MigratingRelease, migrations: readonly Migration[]): Promise<void> {
  await client.query(
    `INSERT INTO schema_releases (colour, version, steps) VALUES ($1, $2, $3)
     ON CONFLICT (colour) DO UPDATE SET version = excluded.version, steps = excluded.steps, at = clock_timestamp()`,
    [colour, version, migrations.map(({ id }) => id)],
  );
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
  const { checksum, reversible } = recordOf(migration);
  await client.query("BEGIN");
  await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
  await client.query(migration.sql);
  await client.query("INSERT INTO schema_migrations (id, checksum, phase, reversible) VALUES ($1, $2, $3, $4)", [
    migration.id,
    checksum,
    migration.phase,
    reversible,
  ]);
  await client.query("COMMIT");
}
