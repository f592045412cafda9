import type { Redis } from "ioredis";
import pg from "pg";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { PostgresSettings, RedisSettings } from "../../../../../services/base/config.ts";
import type { EventBusOptions } from "../../../../../services/base/events/event-bus.ts";
import { eventMigrations } from "../../../../../services/base/events/outbox-migrations.ts";
import type { Migration } from "../../../../../services/base/postgres/migration.ts";
import { migrateSchema } from "../../../../../services/base/postgres/migrator.ts";
import { createRedis } from "../../../../../services/base/redis/connection.ts";
import { createTestDatabase, createTestRedis, secretValue, type TestDatabase, type TestRedis } from "../../../../support/stores.ts";
import { waitFor } from "../../../../support/wait-for.ts";
import { busProcess, counted, silent, type TestProcess } from "./bus-process.ts";

/** Where a test's handlers leave their effects: one row for each time that one took place. */
const effects: Migration = {
  id: "test-0001-effects",
  phase: "expand",
  sql: `CREATE TABLE effects (
    at bigint GENERATED ALWAYS AS IDENTITY, group_name text NOT NULL, aggregate text NOT NULL, n integer NOT NULL, correlation text NOT NULL)`,
};

/** Real stores with the schemas `trading` (publishes) and `social` (consumes). */
export class BusFixture {
  stores!: TestDatabase;
  redis!: TestRedis;
  readonly #processes: TestProcess[] = [];

  /** That of a test file: made before its tests, its processes stopped after each of them. */
  static ofFile(): BusFixture {
    const fixture = new BusFixture();
    beforeAll(() => fixture.#create());
    afterEach(() => fixture.stopAll());
    afterAll(() => fixture.close());
    return fixture;
  }

  async #create(): Promise<void> {
    [this.stores, this.redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
    for (const schema of ["trading", "social"]) {
      const owner = new pg.Client(this.stores.connectionOf(`${schema}_owner`));
      await owner.connect();
      await migrateSchema(owner, schema, [...eventMigrations, effects]);
      await owner.end();
    }
  }

  postgresSettings(schema: string): PostgresSettings {
    const { host, port, database } = this.stores;
    const user = `${schema}_app`;
    return { host, port, database, user, password: secretValue(`postgres_${user}`), schema };
  }

  redisSettings(): RedisSettings {
    const { host, port, password } = this.redis;
    return { host, port, password };
  }

  process(service: string, options: Partial<EventBusOptions> = {}): TestProcess {
    const made = busProcess(service, this.postgresSettings(service), this.redisSettings(), options);
    this.#processes.push(made);
    return made;
  }

  /** A connection of the test's own, once it answers. */
  async connect(): Promise<Redis> {
    const redis = createRedis(this.redisSettings(), { name: "test" }, silent);
    await waitFor("redis", () => redis.ping());
    return redis;
  }

  /** Publishes the events `from` to `to` of an aggregate, each in a transaction of its own. */
  async publish(publisher: TestProcess, aggregateId: string, from: number, to = from): Promise<void> {
    for (let n = from; n <= to; n += 1) {
      await publisher.database.transaction((tx) =>
        publisher.bus.publisher.publish(tx, counted, { aggregateId, data: { n }, correlationId: `test-${n}` }),
      );
    }
  }

  /** Numbers that took effect in a group, in the order in which they did. */
  async effects(group: string, aggregate: string): Promise<number[]> {
    const client = new pg.Client(this.stores.connectionOf("social_owner"));
    await client.connect();
    try {
      const { rows } = await client.query<{ n: number }>(
        "SELECT n FROM social.effects WHERE group_name = $1 AND aggregate = $2 ORDER BY at",
        [group, aggregate],
      );
      return rows.map((row) => row.n);
    } finally {
      await client.end();
    }
  }

  /** Waits until the group has at least so many effects; gives them all. */
  async effectsOf(group: string, aggregate: string, atLeast: number): Promise<number[]> {
    return waitFor(`${atLeast} effects of ${group}`, async () => {
      const found = await this.effects(group, aggregate);
      return found.length >= atLeast ? found : undefined;
    });
  }

  /** One value of a process' metrics; 0 for a series that is not there. */
  async metric(of: TestProcess, name: string, labels: Record<string, string> = {}): Promise<number> {
    const metric = await of.metrics.registry.getSingleMetric(name)?.get();
    const found = metric?.values.find((value) =>
      Object.entries(labels).every(([key, text]) => value.labels[key] === text),
    );
    return found?.value ?? 0;
  }

  /** Waits until a process' metric has a value. */
  async untilMetric(of: TestProcess, name: string, value: number, labels: Record<string, string> = {}): Promise<void> {
    let last = 0;
    const isReached = async (): Promise<true | undefined> => {
      last = await this.metric(of, name, labels);
      return last === value ? true : undefined;
    };
    await waitFor(`${name} = ${value}`, isReached).catch((error: unknown) => {
      throw new Error(`${name} is ${last} and not ${value}`, { cause: error });
    });
  }

  /** Ends the database sessions of an instance, as its death does. */
  async endSessions(instance: string): Promise<void> {
    const admin = new pg.Client(this.stores.connectionOf("astra_admin"));
    await admin.connect();
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1", [instance]);
    await admin.end();
  }

  /** Ends every process that a test has left running. */
  async stopAll(): Promise<void> {
    await Promise.allSettled(this.#processes.splice(0).map((one) => one.stop()));
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.stores.drop();
    await this.redis.remove();
  }
}

/** The numbers from 1 to `last`. */
export const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
