import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { PostgresSettings } from "../base/config.ts";
import { connectionConfig } from "../base/postgres/connection.ts";
import { failureOf } from "../base/postgres/failures.ts";
import { migrateSchema, type MigratingRelease, type MigrationReport } from "../base/postgres/migrator.ts";
import type { SchemaPlan } from "./schemas.ts";
import type { OwnerConnections } from "./settings.ts";

const RETRY_MS = 500;

/** What came of a run: a line for each schema, and whether all went well. */
export interface RunResult {
  readonly lines: readonly string[];
  readonly ok: boolean;
}

export interface MigrateOptions {
  /** Whose steps they are. Absent: nothing else runs. */
  readonly release?: MigratingRelease;
  /** Longest wait for PostgreSQL to be there, all in all. @default 60000 */
  readonly waitMs?: number;
}

/**
 * Brings every schema up to date, one after the other; one that fails does not keep the others back.
 *
 * `plans` say what each schema is made of, `connections` are those of the schemas' owners.
 */
export async function migrateAll(
  plans: readonly SchemaPlan[],
  connections: OwnerConnections,
  options: MigrateOptions = {},
): Promise<RunResult> {
  const { release, waitMs = 60_000 } = options;
  const until = Date.now() + waitMs;
  const lines: string[] = [];
  let ok = true;
  for (const plan of plans) {
    try {
      lines.push(...describe(await migrateOne(plan, connections, until, release)));
    } catch (error) {
      ok = false;
      lines.push(`FAILED ${error instanceof Error ? error.message : String(error)}`);
      // Without a server the other schemas would only say the same.
      if (failureOf(error) === "connection" && Date.now() >= until) break;
    }
  }
  return { lines, ok };
}

async function migrateOne(plan: SchemaPlan, connections: OwnerConnections, until: number, release?: MigratingRelease): Promise<MigrationReport> {
  const settings = connections.get(plan.schema);
  if (settings === undefined) throw new Error(`schema ${plan.schema}: no connection for its owner`);
  const client = await connectPatiently(settings, until);
  try {
    return await migrateSchema(client, plan.schema, plan.migrations, release);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connectPatiently(settings: PostgresSettings, until: number): Promise<pg.Client> {
  for (;;) {
    const client = new pg.Client(connectionConfig(settings, { applicationName: "migrate", statementTimeoutMs: 0 }));
    client.on("error", () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (failureOf(error) !== "connection") {
        throw new Error(`schema ${settings.schema}: PostgreSQL does not let ${settings.user} in: ${reason}`, { cause: error });
      }
      if (Date.now() >= until) {
        throw Object.assign(
          new Error(`PostgreSQL at ${settings.host}:${settings.port} cannot be reached: ${reason}. Fix: start it, then run this again`),
          { code: "ECONNREFUSED" },
        );
      }
      await sleep(RETRY_MS);
    }
  }
}

function describe({ schema, applied, already, waiting }: MigrationReport): readonly string[] {
  const before = `${already} there already`;
  return [
    applied.length === 0 ? `schema ${schema}: up to date (${before})` : `schema ${schema}: applied ${applied.join(", ")} (${before})`,
    ...waiting.map(({ id, why }) => `schema ${schema}: ${id} waits (contract): ${why}`),
  ];
}
