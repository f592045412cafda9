import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { backupFile, removeOld, removePartials } from "../../backup/files.ts";
import { formatBytes } from "../../backup/disk-space.ts";
import { writeOutcomes, type BackupOutcomes } from "../../backup/outcome.ts";
import { platformSource } from "../../backup/platform-source.ts";
import { testRestore } from "../../backup/restore-test.ts";
import { storeImages } from "../../backup/store-images.ts";
import { takeBackup } from "../../backup/take-backup.ts";
import type { Archive } from "../../backup/archive-reader.ts";
import { takeLock } from "../../engine/lock.ts";
import { withRuntime } from "../../engine/runtime.ts";
import { withRedis } from "../../engine/traffic.ts";
import { recorded } from "../../history/record.ts";
import { environmentFolder } from "../../host/paths.ts";
import { messageOf } from "../../host/user-error.ts";
import type { Settings } from "../../platform/settings.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { untilInterrupted } from "../interrupt.ts";
import { formatDuration, Progress } from "../progress.ts";
import { environmentSuffix } from "../result.ts";
import { openSession } from "../session.ts";
import { UsageError } from "../usage-error.ts";

const HOUR_SECONDS = 3_600;
const MOST_SECONDS = 14 * 24 * HOUR_SECONDS;

/** Tells the agent, and so Prometheus. A Redis that is away, or an environment that does not run, is no failure of the backup. */
export async function tellOutcome(settings: Settings, outcomes: BackupOutcomes): Promise<void> {
  await withRedis(settings, async (redis) => await writeOutcomes(redis, outcomes)).catch(() => undefined);
}

/** Restores into stores of its own and tells what came of it. */
export async function testAndTell(archive: Archive, settings: Settings, progress: Progress): Promise<void> {
  const started = performance.now();
  const now = (): number => Math.round(Date.now() / 1000);
  try {
    const images = await storeImages();
    await testRestore(archive, images, async (title, work, describe) => await progress.step(title, work, describe));
  } catch (error) {
    await tellOutcome(settings, { testFailedAt: now() });
    throw error;
  }
  const seconds = (performance.now() - started) / 1000;
  await tellOutcome(settings, { testSucceededAt: now(), testSeconds: seconds });
  progress.note(`Restored into stores of its own, compared and removed in ${formatDuration(seconds * 1000)}: every row, migration and sum is there.`);
}

interface Wish {
  readonly to: string | undefined;
  readonly test: boolean;
  /** Absent: nothing is removed. */
  readonly keep: number | undefined;
}

async function make(settings: Settings, { to, test, keep }: Wish, onTaken: () => void): Promise<void> {
  const { environment } = settings;
  const progress = new Progress();
  const file = resolve(backupFile(environment, to, new Date()));
  await removePartials(environment, dirname(file));
  const archive = await withRuntime(settings, async (runtime) => {
    const source = await platformSource(settings, runtime);
    return await takeBackup(source, file, async (title, work, describe) => await progress.step(title, work, describe));
  });
  const succeeded = { backupSucceededAt: Math.round(Date.now() / 1000), backupSeconds: progress.elapsedMs / 1000, backupBytes: archive.sizeBytes };
  onTaken();
  await tellOutcome(settings, succeeded);
  progress.note(`${file}: ${formatBytes(archive.sizeBytes)} in ${formatDuration(progress.elapsedMs)}. It holds personal data; only its owner reads it.`);
  if (test) await testAndTell(archive, settings, progress);
  const removed = keep === undefined ? [] : await removeOld(environment, dirname(file), keep);
  if (removed.length > 0) progress.note(`Removed ${removed.length} older: ${removed.join(", ")}`);
  progress.note(`To restore it: ./astra restore ${file}${environmentSuffix(environment)}`);
}

/** One backup, written into the history. One that fails is told of as well; so is a test that fails, by itself. */
async function once(settings: Settings, wish: Wish): Promise<void> {
  // Not the environment's own lock: nobody's rollback is to wait for a backup.
  const lock = await takeLock(join(environmentFolder(settings.environment), "backup.lock"), "backup");
  let isTaken = false;
  try {
    await recorded(settings, "backup", {}, async () => await make(settings, wish, () => (isTaken = true)));
  } catch (error) {
    if (!isTaken) await tellOutcome(settings, { backupFailedAt: Math.round(Date.now() / 1000) });
    throw error;
  } finally {
    lock.release();
  }
}

/** Seconds between two backups; undefined: one, now. @throws UsageError */
export function everySeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * ({ m: 60, h: HOUR_SECONDS, d: 24 * HOUR_SECONDS }[unit ?? ""] ?? Number.NaN);
  if (!(seconds > 0 && seconds <= MOST_SECONDS)) throw new UsageError(`--every takes a duration up to 14d such as 30m, 6h or 1d, not "${text}".`);
  return seconds;
}

async function schedule(settings: Settings, wish: Wish, every: number): Promise<void> {
  const signal = untilInterrupted();
  await tellOutcome(settings, { backupEverySeconds: every, testEverySeconds: wish.test ? every : 0 });
  while (!signal.aborted) {
    const next = Date.now() + every * 1000;
    try {
      await once(settings, wish);
    } catch (error) {
      // The next one may succeed, and Prometheus knows of this one.
      process.stderr.write(`astra: ${messageOf(error)}\n`);
    }
    // Redis may have lost it meanwhile.
    await tellOutcome(settings, { backupEverySeconds: every, testEverySeconds: wish.test ? every : 0 });
    await sleep(Math.max(0, next - Date.now()), undefined, { signal }).catch(() => undefined);
  }
}

async function backup(invocation: Invocation): Promise<number> {
  const keepText = invocation.text("keep");
  if (keepText !== undefined && !/^[1-9]\d{0,4}$/.test(keepText)) throw new UsageError(`--keep takes a whole number from 1, not "${keepText}".`);
  const every = everySeconds(invocation.text("every"));
  const wish: Wish = { to: invocation.text("to"), test: invocation.on("test"), keep: keepText === undefined ? undefined : Number(keepText) };
  const session = await openSession(invocation);
  const { settings } = session.config.targets.foundation;
  if (every === undefined) await once(settings, wish);
  else await schedule(settings, wish, every);
  return 0;
}

export const backupCommand: Command = {
  name: "backup",
  summary: "Write PostgreSQL and Redis into one file, checked and with sums; try the restore with --test.",
  details: [
    "",
    "The platform goes on meanwhile. The file is a tar (manifest.json, redis.rdb, postgres.dump, SHA256SUMS), mode 0600: it",
    "holds personal data, and no secret of the platform. --test restores it into stores of its own, without a network, and",
    "compares every table. With --every it goes on until Ctrl-C, for a service manager; Prometheus then knows how old the",
    "newest backup and the newest tested one may be.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    to: { type: "string", value: "FILE", help: "file, or folder that is there (default: .astra/backups/ENVIRONMENT)" },
    test: { type: "boolean", help: "restore it into stores of its own afterwards, and compare" },
    keep: { type: "string", value: "N", help: "remove all but the newest N backups of the environment from the folder" },
    every: { type: "string", value: "DURATION", help: "one now and one each 6h, 1d ..., until Ctrl-C" },
  },
  run: backup,
};
