import pg from "pg";
import type { PostgresSettings } from "../config.ts";

/** What differs between connections of one service. */
export interface ConnectionOptions {
  /** Shown in `pg_stat_activity`: the instance and what the connection is for. */
  readonly applicationName: string;
  /** Longest time of one statement, enforced by the server, ms; 0: none. @default 5000 */
  readonly statementTimeoutMs?: number;
  /** Longest wait for a connection to be made, ms. @default 2000 */
  readonly connectTimeoutMs?: number;
}

/** A server that hangs enforces nothing, so the client gives up by itself a little later. */
const CLIENT_MARGIN_MS = 1_000;

/** Configuration of a connection whose unqualified names are those of the domain's schema. */
export function connectionConfig(settings: PostgresSettings, options: ConnectionOptions): pg.ClientConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? 5_000;
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    password: settings.password,
    application_name: options.applicationName.slice(0, 63),
    connectionTimeoutMillis: options.connectTimeoutMs ?? 2_000,
    keepAlive: true,
    options: [
      `-c search_path=${settings.schema}`,
      `-c statement_timeout=${statementTimeoutMs}`,
      "-c idle_in_transaction_session_timeout=30000",
    ].join(" "),
    ...(statementTimeoutMs > 0 ? { query_timeout: statementTimeoutMs + CLIENT_MARGIN_MS } : {}),
  };
}

/**
 * A connection outside of the pool, for what lives as long as a session: advisory locks, LISTEN. Its loss is told to
 * `onLost`, once.
 */
export async function connectDedicated(
  settings: PostgresSettings,
  options: ConnectionOptions,
  onLost: (error: Error) => void,
): Promise<pg.Client> {
  const client = new pg.Client(connectionConfig(settings, options));
  let lost = false;
  const lose = (error: Error): void => {
    if (lost) return;
    lost = true;
    onLost(error);
  };
  client.on("error", lose);
  client.on("end", () => lose(new Error("Connection terminated")));
  await client.connect();
  return client;
}
