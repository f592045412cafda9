import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { schemaPlans } from "../../services/migrate/schemas.ts";
import { migrateSchema } from "../../services/base/postgres/migrator.ts";
import { freePort, removeContainer } from "../support/docker.ts";
import { startPostgres, startRedis, type StoreContainer } from "../support/store-containers.ts";
import { ServiceProcess } from "./service-process.ts";

/** All services with consumer groups. */
const SERVICES = ["user", "trading", "gamification", "social", "financial", "nft"] as const;

export type ServiceName = (typeof SERVICES)[number];

/** What stores are started from. */
export interface StoreSource {
  /** References of images. */
  readonly images: { readonly redis: string; readonly postgres: string };
  /** Folder with a value of every secret. */
  readonly secretsDir: string;
}

/** Services as processes on stores of their own, all of which may be killed. */
export class LossPlatform {
  readonly redis: StoreContainer;
  readonly postgres: StoreContainer;
  readonly services: readonly [ServiceProcess, ...ServiceProcess[]];
  readonly #secretsDir: string;

  private constructor(secretsDir: string, redis: StoreContainer, postgres: StoreContainer, services: readonly [ServiceProcess, ...ServiceProcess[]]) {
    this.#secretsDir = secretsDir;
    this.redis = redis;
    this.postgres = postgres;
    this.services = services;
  }

  /** Starts stores of its own and all services. */
  static async start({ images, secretsDir }: StoreSource): Promise<LossPlatform> {
    const [redis, postgres] = await Promise.all([startRedis(images.redis, secretsDir), startPostgres(images.postgres, secretsDir)]);
    const environment = {
      ASTRA_SECRETS_DIR: secretsDir,
      ASTRA_POSTGRES_HOST: postgres.host,
      ASTRA_POSTGRES_PORT: String(postgres.port),
      ASTRA_REDIS_HOST: redis.host,
      ASTRA_REDIS_PORT: String(redis.port),
      ASTRA_MODE: "dev",
      ASTRA_LIMIT_PER_USER: "1000000",
      ASTRA_LIMIT_PER_SERVICE: "1000000",
      ASTRA_LOG_LEVEL: "error",
    };
    const made: ServiceProcess[] = [];
    for (const name of SERVICES) {
      made.push(new ServiceProcess(name, await freePort(), { ...environment, ASTRA_AGENT_PORT: String(await freePort()) }));
    }
    const platform = new LossPlatform(secretsDir, redis, postgres, made as [ServiceProcess, ...ServiceProcess[]]);
    try {
      for (const { schema, migrations } of schemaPlans) {
        await platform.query(`${schema}_owner`, async (owner) => void (await migrateSchema(owner, schema, migrations)));
      }
      for (const service of platform.services) service.start();
      await platform.untilReady();
    } catch (error) {
      await platform.stop();
      throw error;
    }
    return platform;
  }

  /** Value of a secret: `redis`, `postgres_trading_app` ... */
  secret(name: string): string {
    return readFileSync(join(this.#secretsDir, name), "utf8");
  }

  connectionOf(role: string): pg.ClientConfig {
    const secret = `postgres_${role.replace(/^astra_/, "")}`;
    return { host: this.postgres.host, port: this.postgres.port, user: role, password: this.secret(secret), database: "astradb", connectionTimeoutMillis: 5_000 };
  }

  /** Works with a session of a role. */
  async query<T>(role: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client(this.connectionOf(role));
    client.on("error", () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  url(service: ServiceName, path: string): string {
    const port = this.services.find(({ name }) => name === service)?.port;
    const route = { user: "users", trading: "trading", gamification: "gamification", social: "social", financial: "financial", nft: "nft" }[service];
    return `http://127.0.0.1:${port}/api/v1/${route}${path}`;
  }

  async untilReady(): Promise<void> {
    await Promise.all(this.services.map((service) => service.untilReady()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.kill()));
    await Promise.all([removeContainer(this.redis.id), removeContainer(this.postgres.id)]);
  }
}
