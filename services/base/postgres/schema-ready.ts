import type { Database } from "./database.ts";

/**
 * True once the migration is recorded in the domain's schema. False while it is not, and while the schema or the
 * database is not there yet: readiness just asks again.
 */
export async function schemaReady(database: Database, lastId: string): Promise<boolean> {
  try {
    const rows = await database.query("SELECT 1 FROM schema_migrations WHERE id = $1", [lastId]);
    return rows.length > 0;
  } catch {
    return false;
  }
}
