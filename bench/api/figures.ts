import type pg from "pg";
import { domainServices } from "../../services/catalogue.ts";
import type { Growth } from "./result.ts";

/** Sum and count of a Prometheus histogram over all its series with these labels. */
export function histogramOf(text: string, name: string, labels: Readonly<Record<string, string>>): { readonly sum: number; readonly count: number } {
  const total = (suffix: string): number =>
    [...text.matchAll(new RegExp(`^${name}_${suffix}\\{([^}]*)\\} (\\S+)$`, "gm"))]
      .filter(([, found = ""]) => Object.entries(labels).every(([key, value]) => found.split(",").includes(`${key}="${value}"`)))
      .reduce((sum, [, , value]) => sum + Number(value), 0);
  return { sum: total("sum"), count: total("count") };
}

/** Where the database stands, to see later what it grew by. */
export async function databaseMarks(admin: pg.Client): Promise<Omit<Growth, "trades">> {
  const rowsOf = (table: string): string => domainServices.flatMap(({ schema }) => (schema === undefined ? [] : [`(SELECT count(*) FROM ${schema}.${table})`])).join(" + ");
  const sizes = domainServices.flatMap(({ schema }) => (schema === undefined ? [] : [`'${schema}'`])).join(", ");
  const { rows } = await admin.query<Record<"size" | "wal" | "syncs" | "commits" | "events" | "effects", string>>(
    `SELECT (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
              WHERE relkind = 'r' AND nspname IN (${sizes})) AS size,
            (SELECT wal_bytes FROM pg_stat_wal) AS wal, (SELECT wal_sync FROM pg_stat_wal) AS syncs,
            (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS commits,
            ${rowsOf("outbox")} AS events, ${rowsOf("inbox")} AS effects`,
  );
  const [row] = rows;
  return { databaseBytes: Number(row?.size), walBytes: Number(row?.wal), walSyncs: Number(row?.syncs), commits: Number(row?.commits), events: Number(row?.events), effects: Number(row?.effects) };
}

export function growthBetween(before: Omit<Growth, "trades">, after: Omit<Growth, "trades">, trades: number): Growth {
  return {
    trades,
    databaseBytes: after.databaseBytes - before.databaseBytes,
    walBytes: after.walBytes - before.walBytes,
    walSyncs: after.walSyncs - before.walSyncs,
    commits: after.commits - before.commits,
    events: after.events - before.events,
    effects: after.effects - before.effects,
  };
}
