import { EnvironmentReader, readPostgresPlace, readProcessConfig, type PostgresSettings } from "../base/config.ts";

/** Connection of each schema's owner role. */
export type OwnerConnections = ReadonlyMap<string, PostgresSettings>;

/**
 * Reads where PostgreSQL is, and the owners' passwords from their secret files.
 *
 * @throws ConfigError with every problem at once; no password is ever in it
 */
export function readOwnerConnections(
  schemas: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): OwnerConnections {
  const read = new EnvironmentReader(environment);
  const { secretsDir } = readProcessConfig(read, "migrate");
  const place = readPostgresPlace(read);
  const connections = new Map(schemas.map((schema) => {
    const user = `${schema}_owner`;
    return [schema, { ...place, user, schema, password: read.secret(secretsDir, `postgres_${user}`, false) ?? "" }];
  }));
  read.finish();
  return connections;
}
