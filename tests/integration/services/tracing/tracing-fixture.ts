import pg from "pg";
import { readServiceConfig, type ServiceConfig } from "../../../../services/base/config.ts";
import { eventMigrations } from "../../../../services/base/events/outbox-migrations.ts";
import { migrateSchema } from "../../../../services/base/postgres/migrator.ts";
import { type RunningService, type ServiceDefinition, startService } from "../../../../services/base/service.ts";
import { createTestDatabase, createTestRedis, storeEnvironment, type TestDatabase, type TestRedis } from "../../../support/stores.ts";
import { waitFor } from "../../../support/wait-for.ts";

/** Several services that stand on one database and one Redis, as they do on the platform. */
export class PlatformFixture {
  readonly database: TestDatabase;
  readonly redis: TestRedis;
  readonly #running: RunningService[] = [];

  private constructor(database: TestDatabase, redis: TestRedis) {
    this.database = database;
    this.redis = redis;
  }

  static async create(): Promise<PlatformFixture> {
    const [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
    return new PlatformFixture(database, redis);
  }

  /** Migrates the service's schema and starts it. */
  async start(definition: ServiceDefinition, changes: Partial<ServiceConfig>): Promise<RunningService> {
    const { declaration } = definition;
    if (declaration.schema !== undefined) await this.#migrate(declaration.schema, definition);
    const config = readServiceConfig(declaration, {
      ...storeEnvironment(this.database, this.redis),
      ASTRA_INSTANCE: `${declaration.name}-1`,
      ASTRA_ENVIRONMENT: "test",
      ASTRA_VERSION: "v1",
      ASTRA_HOST: "127.0.0.1",
    });
    const service = await startService(definition, { ...config, logLevel: "silent", address: "127.0.0.1", port: 0, agentPort: 0, ...changes });
    this.#running.push(service);
    return service;
  }

  /** Value of a metric of a service, by the start of its line. */
  async metric(service: RunningService, line: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
    const found = text.split("\n").find((each) => each.startsWith(line));
    if (found === undefined) throw new Error(`no metric ${line}`);
    return Number(found.slice(found.lastIndexOf(" ") + 1));
  }

  /** Waits until a service has found the receiver of traces. */
  async exports(service: RunningService): Promise<void> {
    const isUp = async (): Promise<true | undefined> => ((await this.metric(service, "trace_exporter_up")) === 1 ? true : undefined);
    // One that was away is asked again after 5 s, then after 10 s.
    await waitFor(`${service.context.config.service} to export traces`, isUp, 45_000);
  }

  /** Ends the services that were started, last one first. */
  async stopServices(): Promise<void> {
    for (const service of this.#running.splice(0).reverse()) await service.stop();
  }

  async close(): Promise<void> {
    await this.stopServices();
    await Promise.all([this.database.drop(), this.redis.remove()]);
  }

  async #migrate(schema: string, definition: ServiceDefinition): Promise<void> {
    const client = new pg.Client({ ...this.database.connectionOf(`${schema}_owner`), options: `-c search_path=${schema}` });
    await client.connect();
    try {
      await migrateSchema(client, schema, [...eventMigrations, ...(definition.migrations ?? [])]);
    } finally {
      await client.end();
    }
  }
}
