// `npm run bench:backup -- [--size-mb 1024]`: a backup of a database of that size, and its restore test.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { formatBytes } from "../../infra/backup/disk-space.ts";
import { testRestore } from "../../infra/backup/restore-test.ts";
import { takeBackup, type Step } from "../../infra/backup/take-backup.ts";
import { Progress } from "../../infra/cli/progress.ts";
import { removeContainer } from "../../tests/support/docker.ts";
import { connectionOf, databaseBytes, fillWithTrades, migratePlatform } from "../../tests/support/platform-data.ts";
import { ProgramOptions } from "../../tests/support/program-options.ts";
import { makeSecretsFolder, startPostgres, startRedis, storeImages, type StoreContainer } from "../../tests/support/store-containers.ts";

const options = new ProgramOptions("npm run bench:backup -- [--size-mb 1024]", { "size-mb": "1024" });
const wantedBytes = options.number("size-mb") * 1024 * 1024;
const PER_ROUND = 40_000;

const inside = ({ id }: StoreContainer) => (command: readonly string[]) => ({ program: "docker", args: ["exec", "--interactive", id, ...command] });

const load = (): string => loadavg().map((each) => each.toFixed(1)).join(" ");
const progress = new Progress();
const step: Step = async (title, work, describe) => await progress.step(title, work, describe);
const folder = mkdtempSync(join(tmpdir(), "astra-bench-backup-"));
const secretsDir = makeSecretsFolder();
const images = await storeImages();
const [redis, postgres] = await Promise.all([startRedis(images.redis, secretsDir), startPostgres(images.postgres, secretsDir)]);
try {
  console.log(`${availableParallelism()} cores (${cpus()[0]?.model ?? "?"}), Node ${process.version}; load before: ${load()}`);
  await migratePlatform(postgres, secretsDir);
  for (let from = 1; (await databaseBytes(postgres, secretsDir)) < wantedBytes; from += PER_ROUND) await fillWithTrades(postgres, secretsDir, from, from + PER_ROUND - 1);
  const bytes = await databaseBytes(postgres, secretsDir);
  console.log(`a database of ${formatBytes(bytes)} on disk (${Math.round(bytes / 1024 / 1024)} MiB); load: ${load()}`);
  const started = performance.now();
  const source = {
    environment: "bench",
    releases: {},
    postgres: { connection: connectionOf(postgres, secretsDir, "astra_admin"), inside: inside(postgres) },
    redis: { inside: inside(redis) },
  };
  const archive = await takeBackup(source, join(folder, "backup.tar"), step);
  const taken = performance.now();
  await testRestore(archive, images, step);
  const tested = performance.now();
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  console.log(`backup ${seconds(taken - started)} (${formatBytes(archive.sizeBytes)}), restore and comparison of everything ${seconds(tested - taken)}; load after: ${load()}`);
} finally {
  await Promise.all([removeContainer(redis.id), removeContainer(postgres.id)]);
  for (const path of [folder, secretsDir]) rmSync(path, { recursive: true, force: true });
}
