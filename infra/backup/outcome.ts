import type { Redis } from "ioredis";

/** Redis hash with what came of backups and restore tests: the agent tells Prometheus of it. */
export const BACKUP_KEY = "astra:backup";

/** Times are Unix seconds. */
export interface BackupOutcomes {
  readonly backupSucceededAt?: number;
  readonly backupFailedAt?: number;
  /** Of the last that succeeded. */
  readonly backupSeconds?: number;
  readonly backupBytes?: number;
  /** How often backups are to be made; 0: when somebody asks for one. */
  readonly backupEverySeconds?: number;
  readonly testSucceededAt?: number;
  readonly testFailedAt?: number;
  readonly testSeconds?: number;
  readonly testEverySeconds?: number;
}

const FIELDS: readonly (keyof BackupOutcomes)[] = [
  "backupSucceededAt",
  "backupFailedAt",
  "backupSeconds",
  "backupBytes",
  "backupEverySeconds",
  "testSucceededAt",
  "testFailedAt",
  "testSeconds",
  "testEverySeconds",
];

/** Notes outcomes over those from before. */
export async function writeOutcomes(redis: Pick<Redis, "hset">, outcomes: BackupOutcomes): Promise<void> {
  const fields = Object.entries(outcomes).map(([field, value]) => [field, String(value)] as const);
  if (fields.length > 0) await redis.hset(BACKUP_KEY, Object.fromEntries(fields));
}

/** What is known; empty where no backup was ever made. */
export async function readOutcomes(redis: Pick<Redis, "hgetall">): Promise<BackupOutcomes> {
  const all = await redis.hgetall(BACKUP_KEY);
  const known = FIELDS.flatMap((field) => {
    const text = all[field];
    const value = Number(text);
    return text === undefined || !Number.isFinite(value) ? [] : [[field, value] as const];
  });
  return Object.fromEntries(known);
}
