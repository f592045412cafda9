import { operator } from "../host/operator.ts";
import { ArchiveWriter } from "./archive-writer.ts";
import { readArchive, type Archive } from "./archive-reader.ts";
import type { DatabaseFacts } from "./database-facts.ts";
import { formatBytes, requireSpace } from "./disk-space.ts";
import { FORMAT, PARTS } from "./manifest.ts";
import { withSnapshot, type PostgresSource } from "./postgres-source.ts";
import { redisSnapshot, redisVersion, type RedisSource } from "./redis-source.ts";

/** What a backup is made of. */
export interface BackupSource {
  readonly environment: string;
  readonly postgres: PostgresSource;
  readonly redis: RedisSource;
  /** Release of each colour that runs. */
  readonly releases: Readonly<Record<string, string>>;
  /** Fingerprint of the secret `token_encryption`; absent: not known. */
  readonly tokenSecret?: string;
}

/** Steps as a person is shown them. */
export type Step = <T>(title: string, work: (report: (line: string) => void) => Promise<T>, describe?: (result: T) => string) => Promise<T>;

/** Most that a dump takes of what the database has on disk: indexes are left out, and the rest is compressed. */
const DUMP_SHARE = 0.8;

/**
 * Writes a backup of both stores into `file`, reads it again and compares its sums. Redis goes first: then the backup
 * holds no event whose write it lacks. What was published in between, the relays publish once more after a restore.
 * @throws UserError with what failed; then there is no such file.
 */
export async function takeBackup(source: BackupSource, file: string, step: Step): Promise<Archive> {
  const writer = await ArchiveWriter.open(file, Date.now());
  try {
    const redisAt = new Date().toISOString();
    const redisInfo = await redisVersion(source.redis);
    await step(
      "Redis: snapshot",
      async (report) => await writer.add(PARTS.redis, redisSnapshot(source.redis), (bytes) => report(formatBytes(bytes))),
      ({ sizeBytes }) => formatBytes(sizeBytes),
    );
    await withSnapshot(source.postgres, async (snapshot) => {
      const facts = await step("PostgreSQL: rows counted", async () => await snapshot.facts(), ({ tables, sizeBytes }) => describe(tables, sizeBytes));
      await requireSpace(file, facts.sizeBytes * DUMP_SHARE, `A dump of ${formatBytes(facts.sizeBytes)}`);
      await step(
        "PostgreSQL: dump",
        async (report) => await writer.add(PARTS.postgres, snapshot.dump(), (bytes) => report(formatBytes(bytes))),
        ({ sizeBytes }) => formatBytes(sizeBytes),
      );
      await writer.finish({
        format: FORMAT,
        environment: source.environment,
        by: operator(),
        createdAt: new Date().toISOString(),
        snapshots: { redisAt, postgresAt: snapshot.at },
        versions: { postgres: snapshot.version, redis: redisInfo, releases: source.releases },
        database: facts,
        ...(source.tokenSecret === undefined ? {} : { tokenSecret: source.tokenSecret }),
      });
    });
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return await step("read again, sums compared", async () => await readArchive(file), ({ sizeBytes }) => formatBytes(sizeBytes));
}

function describe(tables: DatabaseFacts["tables"], sizeBytes: number): string {
  const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
  return `${rows.toLocaleString("en")} rows in ${Object.keys(tables).length} tables, ${formatBytes(sizeBytes)} on disk`;
}
