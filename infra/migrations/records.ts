import type pg from "pg";
import { domainServices } from "../../services/catalogue.ts";
import { oneWaySteps, type OtherRelease, type RecordedStep } from "../../services/base/postgres/migration-plan.ts";
import type { OneWayStep } from "../../services/base/traffic/release.ts";
import type { Place } from "../engine/runtime.ts";
import type { Runtime } from "../host/runtime.ts";
import { messageOf, UserError } from "../host/user-error.ts";
import { PORTS } from "../platform/ports.ts";
import type { Colour } from "../platform/workload.ts";

const DEADLINE_MS = 5_000;
/** A table or a column that is not there yet. */
const NOT_THERE = new Set(["42P01", "42703", "3F000"]);

/** What one schema remembers of its steps and of the releases that knew them. */
export interface SchemaRecords {
  readonly workload: string;
  readonly schema: string;
  readonly steps: ReadonlyMap<string, RecordedStep>;
  /** The last release of each colour that has migrated it, whether it still runs or not. */
  readonly releases: Readonly<Partial<Record<Colour, OtherRelease>>>;
}

async function rowsOf<T extends pg.QueryResultRow>(client: pg.Client, sql: string): Promise<readonly T[]> {
  try {
    return (await client.query<T>(sql)).rows;
  } catch (error) {
    if (error instanceof Error && "code" in error && NOT_THERE.has(String(error.code))) return [];
    throw error;
  }
}

/** Reads what every schema remembers; one that nothing has migrated has no steps. */
export async function readRecords(client: pg.Client): Promise<readonly SchemaRecords[]> {
  const records: SchemaRecords[] = [];
  for (const { name, schema } of domainServices) {
    if (schema === undefined) continue;
    const steps = await rowsOf<{ id: string } & RecordedStep>(client, `SELECT id, checksum, reversible FROM "${schema}".schema_migrations ORDER BY applied_at, id`);
    const releases = await rowsOf<{ colour: Colour; version: string; steps: string[] }>(client, `SELECT colour, version, steps FROM "${schema}".schema_releases`);
    records.push({
      workload: name,
      schema,
      steps: new Map(steps.map(({ id, checksum, reversible }) => [id, { checksum, reversible }])),
      releases: Object.fromEntries(releases.map((release) => [release.colour, { ...release, steps: new Set(release.steps) }])),
    });
  }
  return records;
}

/**
 * What the environment's database remembers.
 * @throws UserError where it cannot be asked.
 */
export async function schemaRecords(place: Place, runtime: Runtime): Promise<readonly SchemaRecords[]> {
  const { Client } = (await import("pg")).default;
  try {
    const password = await runtime.secret("postgres_admin");
    if (password === undefined) throw new Error("there is no PostgreSQL");
    const client = new Client({
      host: "127.0.0.1",
      port: await runtime.localPort(PORTS.postgres),
      user: "astra_admin",
      database: "astradb",
      password,
      connectionTimeoutMillis: DEADLINE_MS,
      query_timeout: DEADLINE_MS,
    });
    // Told by the query that fails.
    client.on("error", () => undefined);
    try {
      await client.connect();
      return await readRecords(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  } catch (cause) {
    throw new UserError(`The migrations of "${place.environment}" cannot be read in PostgreSQL: ${messageOf(cause)}. See: ./astra logs postgres --environment ${place.environment}`, { cause });
  }
}

/** Steps after which a colour's release cannot serve again, once the other one has served. */
export function stepsWithoutReturn(records: readonly SchemaRecords[], back: Colour): readonly OneWayStep[] {
  return records.flatMap(({ workload, steps, releases }) => {
    const release = releases[back];
    // A release that left no word was deployed before there was such a step.
    return release === undefined ? [] : oneWaySteps(steps, release).map((migration) => ({ workload, migration }));
  });
}

/** Contract steps of a colour's release that have not been applied. */
export function waitingSteps(records: readonly SchemaRecords[], colour: Colour): readonly OneWayStep[] {
  return records.flatMap(({ workload, steps, releases }) =>
    [...(releases[colour]?.steps ?? [])].filter((id) => !steps.has(id)).map((migration) => ({ workload, migration })),
  );
}
