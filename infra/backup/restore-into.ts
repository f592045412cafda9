import { schemaPlans } from "../../services/migrate/schemas.ts";
import { ensureVolumes } from "../compose/resources.ts";
import { docker } from "../host/docker.ts";
import { UserError } from "../host/user-error.ts";
import { volumeName } from "../platform/names.ts";
import type { Archive } from "./archive-reader.ts";
import { formatBytes, requireSpace } from "./disk-space.ts";
import { onVolume, removeAbandonedHelpers } from "./helper-container.ts";
import { loadPostgres, settlePostgres } from "./load-postgres.ts";
import { loadRedis } from "./load-redis.ts";
import type { Manifest } from "./manifest.ts";
import { BEFORE_FOLDER, LOADING_FOLDER, POSTGRES_PATH, REDIS_PATH } from "./places.ts";
import { requireSame, type StoreImages } from "./restore-test.ts";
import type { Step } from "./take-backup.ts";

/** Where an environment's stores keep their data. */
export interface StoreVolumes {
  readonly postgres: string;
  readonly redis: string;
}

export function storeVolumes(environment: string): StoreVolumes {
  return { postgres: volumeName(environment, "postgres"), redis: volumeName(environment, "redis") };
}

/** The volume of PostgreSQL holds a database. */
export async function holdsDatabase(volumes: StoreVolumes, images: StoreImages): Promise<boolean> {
  if ((await docker(["volume", "inspect", volumes.postgres])).code !== 0) return false;
  return (await onVolume(images.postgres, volumes.postgres, POSTGRES_PATH, `test -s ${POSTGRES_PATH}/data/PG_VERSION`)).code === 0;
}

/** A clock that differs more would give new events numbers below those of old ones. */
const CLOCKS_DIFFER_MS = 300_000;

/**
 * Refuses what this checkout or this machine cannot go on from.
 * @throws UserError with what to do instead.
 */
export function requireUsable({ database, versions, createdAt }: Manifest, nowMs: number): void {
  if (Date.parse(createdAt) > nowMs + CLOCKS_DIFFER_MS)
    throw new UserError(`The backup is of ${createdAt}, which is later than this machine's clock says (${new Date(nowMs).toISOString()}). Set the clock first.`);
  const known = new Map(schemaPlans.map(({ schema, migrations }) => [schema, new Set(migrations.map(({ id }) => id))]));
  const unknown = Object.entries(database.migrations).flatMap(([schema, ids]) => ids.filter((id) => known.get(schema)?.has(id) !== true).map((id) => `${schema} ${id}`));
  if (unknown.length === 0) return;
  const releases = Object.entries(versions.releases).map(([colour, version]) => `${colour} ${version}`);
  throw new UserError(
    `The backup is of a later release than this checkout: it has had migrations that are not here: ${unknown.join(", ")}.\n` +
      `Check out the release that it was made with (${releases.join(", ") || "not known"}), and restore it from there.`,
  );
}

/** Indexes, the write-ahead log and the dump itself, beside the database. */
const SPACE_FACTOR = 2.5;

async function requireEngineSpace({ manifest }: Archive): Promise<void> {
  const { code, stdout } = await docker(["info", "--format", "{{.DockerRootDir}}"]);
  const needed = manifest.database.sizeBytes * SPACE_FACTOR;
  // An engine on another machine has its disks there: it says so when they are full.
  if (code === 0) await requireSpace(stdout.trim(), needed, `Restoring a database of ${formatBytes(manifest.database.sizeBytes)}`).catch(passUnknown);
}

function passUnknown(error: unknown): void {
  if (error instanceof UserError) throw error;
}

/**
 * Loads a backup into the stores' volumes, beside what is there, and compares it with what was backed up. Nothing that
 * runs notices; `swapIn` puts it in place.
 */
export async function loadBeside(archive: Archive, environment: string, images: StoreImages, step: Step): Promise<void> {
  await removeAbandonedHelpers();
  await requireEngineSpace(archive);
  const volumes = storeVolumes(environment);
  await ensureVolumes(Object.values(volumes), environment);
  const loaded = await loadPostgres(archive, images.postgres, volumes.postgres, step);
  try {
    requireSame(archive, loaded);
    await step("PostgreSQL: analysed, on the disk", async () => await settlePostgres(loaded, images.postgres, volumes.postgres, archive.manifest.database.nextTransaction));
  } finally {
    await loaded.helper.remove();
  }
  await loadRedis(archive, images.redis, volumes.redis, step);
}

async function script(image: string, volume: string, path: string, lines: readonly string[]): Promise<void> {
  const { code, stderr } = await onVolume(image, volume, path, ["set -e", `cd ${path}`, ...lines].join("\n"));
  if (code !== 0) throw new UserError(`The volume ${volume} cannot be changed (exit ${code}): ${stderr.trim()}`);
}

/** Puts what `loadBeside` made in place. The stores must not run. What was there stays beside it until `forgetBefore`. */
export async function swapIn(environment: string, images: StoreImages): Promise<void> {
  const volumes = storeVolumes(environment);
  await script(images.postgres, volumes.postgres, POSTGRES_PATH, [
    `test -s ${LOADING_FOLDER}/PG_VERSION`,
    `rm -rf ${BEFORE_FOLDER}`,
    `if [ -e data ]; then mv data ${BEFORE_FOLDER}; fi`,
    `mv ${LOADING_FOLDER} data`,
    "sync -f .",
  ]);
  await script(images.redis, volumes.redis, REDIS_PATH, [
    `test -e ${LOADING_FOLDER}/appendonlydir`,
    `rm -rf ${BEFORE_FOLDER}`,
    `mkdir ${BEFORE_FOLDER}`,
    `for name in appendonlydir dump.rdb; do if [ -e $name ]; then mv $name ${BEFORE_FOLDER}/; fi; done`,
    `mv ${LOADING_FOLDER}/appendonlydir .`,
    `rm -rf ${LOADING_FOLDER}`,
    "sync -f .",
  ]);
}

/** Removes what was there before the restore, for good. */
export async function forgetBefore(environment: string, images: StoreImages): Promise<void> {
  const volumes = storeVolumes(environment);
  await script(images.postgres, volumes.postgres, POSTGRES_PATH, [`rm -rf ${BEFORE_FOLDER}`]);
  await script(images.redis, volumes.redis, REDIS_PATH, [`rm -rf ${BEFORE_FOLDER}`]);
}
