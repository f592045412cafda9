import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docker } from "../../infra/host/docker.ts";
import { buildImages } from "../../infra/images/build.ts";
import { imagePlan, imageReferences } from "../../infra/images/plan.ts";
import { secrets } from "../../infra/platform/secrets.ts";
import { freePort, startContainer } from "./docker.ts";
import { waitFor } from "./wait-for.ts";

/** A running Redis or PostgreSQL of its own. */
export interface StoreContainer {
  /** Docker's id: to pause, kill or stop it. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

/** Image references of both stores, built if they are missing. */
export async function storeImages(): Promise<{ readonly redis: string; readonly postgres: string }> {
  const plan = await imagePlan(undefined, { names: ["redis", "postgres"] });
  await buildImages(plan);
  const references = imageReferences(plan);
  return { redis: references["redis"] ?? "", postgres: references["postgres"] ?? "" };
}

/** Writes one secret file as a deployment does: 0400, owner 1000. Where that cannot be, others may read it. */
export function writeSecret(folder: string, name: string, value: string): void {
  const file = join(folder, name);
  writeFileSync(file, value);
  const root = process.getuid?.() === 0;
  chmodSync(file, root ? 0o400 : 0o444);
  if (root) chownSync(file, 1000, 1000);
}

/** A temporary folder with fresh values for every secret of the platform. */
export function makeSecretsFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "astra-test-secrets-"));
  chmodSync(folder, 0o755);
  for (const secret of secrets) writeSecret(folder, secret.name, randomBytes(secret.length / 2).toString("hex"));
  return folder;
}

/** Argument of `docker run` by which a container gets the secret files. */
export function mountSecrets(secretsDir: string): string {
  return `--mount=type=bind,source=${secretsDir},target=/run/secrets,readonly`;
}

/** A database cluster that is made anew takes 2 s, and a minute on two cores with much else to do. */
const HEALTHY_WITHIN_MS = 120_000;

/** Waits until a command inside a container succeeds. */
export async function untilHealthy(id: string, command: readonly string[]): Promise<void> {
  const ask = async () => ((await docker(["exec", id, ...command])).code === 0 ? true : undefined);
  await waitFor(`health of container ${id.slice(0, 12)}`, ask, HEALTHY_WITHIN_MS);
}

/** Waits until a PostgreSQL container answers over TCP: only then are its roles right. */
export async function untilPostgresReady(id: string): Promise<void> {
  await untilHealthy(id, ["pg_isready", "-q", "-h", "127.0.0.1", "-d", "astradb"]);
}

/** Starts a PostgreSQL container. @param volume Named volume that outlives it; absent: it goes with the container. */
export async function startPostgres(image: string, secretsDir: string, volume?: string): Promise<StoreContainer> {
  const port = await freePort();
  const id = await startContainer([
    mountSecrets(secretsDir),
    `--volume=${volume === undefined ? "" : `${volume}:`}/var/lib/postgresql`,
    "--mount=type=tmpfs,target=/tmp,tmpfs-size=64m",
    "--mount=type=tmpfs,target=/run/postgresql,tmpfs-size=1m",
    "--mount=type=tmpfs,target=/dev/shm,tmpfs-size=128m",
    `--publish=127.0.0.1:${port}:5432`,
    image,
  ]);
  await untilPostgresReady(id);
  return { id, host: "127.0.0.1", port };
}

/** Starts a Redis container. @param volume Named volume that outlives it; absent: it goes with the container. */
export async function startRedis(image: string, secretsDir: string, volume?: string): Promise<StoreContainer> {
  const port = await freePort();
  const id = await startContainer([
    mountSecrets(secretsDir),
    `--volume=${volume === undefined ? "" : `${volume}:`}/data`,
    "--mount=type=tmpfs,target=/tmp,tmpfs-size=16m",
    `--publish=127.0.0.1:${port}:6379`,
    image,
  ]);
  await untilHealthy(id, ["redis-health"]);
  return { id, host: "127.0.0.1", port };
}
