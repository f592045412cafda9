import type pg from "pg";

/** Statements are constants of the code, so there are few; what is put together without end stays unprepared. */
const MOST_STATEMENTS = 500;

const names = new Map<string, string>();

/** The name under which every connection keeps this statement; undefined once there are too many. */
function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= MOST_STATEMENTS) return known;
  const name = `s${names.size}`;
  names.set(sql, name);
  return name;
}

/**
 * Runs one statement. With parameters it is prepared, once for each connection: the server then neither parses nor, after
 * a few runs, plans it again, which is most of its work for a short statement.
 */
export async function run(client: pg.ClientBase, sql: string, params?: unknown[]): Promise<pg.QueryResult> {
  const name = params === undefined || params.length === 0 ? undefined : nameOf(sql);
  return await (name === undefined ? client.query(sql, params) : client.query({ name, text: sql, values: params ?? [] }));
}

/** A migration changed what a prepared statement gives: its connection is of no use any more, and a fresh one is. */
export function isStalePlan(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "0A000" && error.message.includes("cached plan");
}
