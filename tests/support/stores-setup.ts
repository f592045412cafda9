import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { removeAbandonedContainers, removeContainer } from "./docker.ts";
import { makeSecretsFolder, startPostgres, startRedis, storeImages, type StoreContainer } from "./store-containers.ts";

/** What `stores.ts` gets in every test file. */
export interface StoreFacts {
  readonly redis: StoreContainer;
  readonly postgres: StoreContainer;
  /** Folder with all secret files of the platform; both stores know these passwords. */
  readonly secretsDir: string;
  readonly images: { readonly redis: string; readonly postgres: string };
}

declare module "vitest" {
  interface ProvidedContext {
    stores: StoreFacts;
  }
}

/** What databases of tests are copied from: `astradb` as it was at first. Nobody connects to it, or it could not be copied. */
export const TEMPLATE_DATABASE = "test_template";

async function makeTemplate({ host, port }: StoreContainer, secretsDir: string): Promise<void> {
  const password = readFileSync(join(secretsDir, "postgres_admin"), "utf8");
  const client = new pg.Client({ host, port, user: "astra_admin", password, database: "postgres" });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${TEMPLATE_DATABASE} TEMPLATE astradb`);
  } finally {
    await client.end();
  }
}

/** One real Redis and one real PostgreSQL for all integration tests of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandonedContainers();
  const images = await storeImages();
  const secretsDir = makeSecretsFolder();
  const started = await Promise.allSettled([startRedis(images.redis, secretsDir), startPostgres(images.postgres, secretsDir)]);
  const tearDown = async (): Promise<void> => {
    for (const store of started) if (store.status === "fulfilled") await removeContainer(store.value.id);
    rmSync(secretsDir, { recursive: true, force: true });
  };
  const [redis, postgres] = started;
  if (redis.status === "rejected" || postgres.status === "rejected") {
    await tearDown();
    throw new Error("The stores for integration tests did not start.", {
      cause: redis.status === "rejected" ? redis.reason : postgres.status === "rejected" ? postgres.reason : undefined,
    });
  }
  await makeTemplate(postgres.value, secretsDir).catch(async (error: unknown) => {
    await tearDown();
    throw error;
  });
  project.provide("stores", { redis: redis.value, postgres: postgres.value, secretsDir, images });
  return tearDown;
}
