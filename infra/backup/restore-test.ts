import { UserError } from "../host/user-error.ts";
import type { Archive } from "./archive-reader.ts";
import { differences } from "./database-facts.ts";
import { removeAbandonedHelpers } from "./helper-container.ts";
import { loadPostgres, type LoadedDatabase } from "./load-postgres.ts";
import { loadRedis } from "./load-redis.ts";
import type { Step } from "./take-backup.ts";

/** Images of the stores that a backup is loaded into. */
export interface StoreImages {
  readonly postgres: string;
  readonly redis: string;
}

/** @throws UserError with everything that is not as it was. */
export function requireSame(archive: Archive, loaded: LoadedDatabase): void {
  const found = differences(archive.manifest.database, loaded.facts);
  if (found.length === 0) return;
  const lines = found.slice(0, 10).map((line) => `  ${line}`);
  throw new UserError(`What was restored from ${archive.file} is not what was backed up:\n${lines.join("\n")}${found.length > 10 ? `\n  and ${found.length - 10} more` : ""}`);
}

/**
 * Restores a backup into stores of its own, without a network and gone afterwards, and compares every table's rows, the
 * migrations and the ledger with what was backed up.
 * @throws UserError with what failed or differs.
 */
export async function testRestore(archive: Archive, images: StoreImages, step: Step): Promise<void> {
  await removeAbandonedHelpers();
  const loaded = await loadPostgres(archive, images.postgres, undefined, step);
  try {
    requireSame(archive, loaded);
  } finally {
    await loaded.helper.remove();
  }
  await loadRedis(archive, images.redis, undefined, step);
}
