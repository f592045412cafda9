import { EnvironmentReader, readPostgresPlace, readProcessConfig, readRedisSettings, type Colour, type PostgresSettings, type RedisSettings } from "../base/config.ts";

/** Connection of each schema's owner role. */
export type OwnerConnections = ReadonlyMap<string, PostgresSettings>;

/** What the job is told. */
export interface MigrateSettings {
  /** Colour and version whose steps are applied. */
  readonly colour: Colour;
  readonly version: string;
  readonly owners: OwnerConnections;
  /** Where the registry and the traffic table stand, which say whether the other colour runs. */
  readonly redis: RedisSettings;
}

/**
 * Reads where the stores are, and the owners' passwords from their secret files.
 *
 * @throws ConfigError with every problem at once; no password is ever in it
 */
export function readMigrateSettings(
  schemas: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): MigrateSettings {
  const read = new EnvironmentReader(environment);
  const { secretsDir, colour, version } = readProcessConfig(read, "migrate");
  const place = readPostgresPlace(read);
  const owners = new Map(schemas.map((schema) => {
    const user = `${schema}_owner`;
    return [schema, { ...place, user, schema, password: read.secret(secretsDir, `postgres_${user}`, false) ?? "" }];
  }));
  // Without Redis contract steps wait, and nothing else needs it.
  const redis = readRedisSettings(read, secretsDir, true);
  read.finish();
  return { colour, version, owners, redis };
}
