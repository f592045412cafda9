/** Asks a database as its superuser; every value comes as text. */
export type Ask = (sql: string) => Promise<readonly (readonly string[])[]>;

/** What is in a database: what a restored one has to have, too. */
export interface DatabaseFacts {
  /** On disk, bytes. */
  readonly sizeBytes: number;
  /** Roles that own or may use something, besides PostgreSQL's own. */
  readonly roles: readonly string[];
  /** Rows of every table, by `schema.table`. */
  readonly tables: Readonly<Record<string, number>>;
  /** Ids of the migrations that each schema has had, in order. */
  readonly migrations: Readonly<Record<string, readonly string[]>>;
  /** What the ledger's entries add up to, by currency. */
  readonly ledger: Readonly<Record<string, string>>;
  /** Number of the next transaction, in 64 bits: entries of the ledger know theirs. */
  readonly nextTransaction: string;
}

const OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'";
const LEDGER = "financial.ledger_entries";

/** Quoted, unless every system would read it the same way without. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Looks at all of a database, within the transaction that `ask` is in. Reads every table once. */
export async function databaseFacts(ask: Ask): Promise<DatabaseFacts> {
  const [[size = "0", next = "0"] = []] = await ask("SELECT pg_database_size(current_database()), pg_snapshot_xmax(pg_current_snapshot())");
  const roles = await ask("SELECT rolname FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' ORDER BY 1");
  const found = await ask(
    `SELECT n.nspname || '.' || c.relname, format('%I.%I', n.nspname, c.relname)
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND ${OURS} ORDER BY 1`,
  );
  const names = found.map(([name = ""]) => name);
  const counts = found.length === 0 ? [] : await ask(found.map(([name = "", quoted = ""]) => `SELECT ${literal(name)}, count(*) FROM ${quoted}`).join(" UNION ALL "));
  const migrations: Record<string, readonly string[]> = {};
  for (const name of names.filter((each) => each.endsWith(".schema_migrations"))) {
    const schema = name.slice(0, name.indexOf("."));
    migrations[schema] = (await ask(`SELECT id FROM "${schema}".schema_migrations ORDER BY applied_at, id`)).map(([id = ""]) => id);
  }
  const ledger = names.includes(LEDGER) ? await ask(`SELECT currency, sum(amount) FROM ${LEDGER} GROUP BY currency ORDER BY currency`) : [];
  return {
    sizeBytes: Number(size),
    roles: roles.map(([role = ""]) => role),
    tables: Object.fromEntries(counts.map(([name = "", rows = "0"]) => [name, Number(rows)])),
    migrations,
    ledger: Object.fromEntries(ledger.map(([currency = "", sum = "0"]) => [currency, sum])),
    nextTransaction: next,
  };
}

/** Number of rows in all tables. */
export function rowsOf({ tables }: Pick<DatabaseFacts, "tables">): number {
  return Object.values(tables).reduce((sum, rows) => sum + rows, 0);
}

/** What a restored database has otherwise than the one that it was made from; empty: nothing. */
export function differences(expected: DatabaseFacts, restored: DatabaseFacts): readonly string[] {
  const found: string[] = [];
  for (const [table, rows] of Object.entries(expected.tables))
    if (restored.tables[table] !== rows) found.push(`${table} has ${restored.tables[table] ?? "no"} rows instead of ${rows}`);
  for (const table of Object.keys(restored.tables)) if (!(table in expected.tables)) found.push(`${table} was not in the backup`);
  for (const [schema, ids] of Object.entries(expected.migrations))
    if (restored.migrations[schema]?.join() !== ids.join()) found.push(`schema ${schema} has other migrations`);
  for (const [currency, sum] of Object.entries(restored.ledger))
    if (!/^-?0*(\.0*)?$/.test(sum)) found.push(`the ledger's entries in ${currency} add up to ${sum} instead of 0`);
  if (Object.keys(expected.ledger).join() !== Object.keys(restored.ledger).join()) found.push("the ledger has other currencies");
  return found;
}
