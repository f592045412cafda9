import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { pino } from "pino";
import { systemClock } from "../../services/base/clock.ts";
import type { PostgresSettings, RedisSettings } from "../../services/base/config.ts";
import { tradeExecuted } from "../../services/base/events/catalogue/trading.ts";
import { EventBus } from "../../services/base/events/event-bus.ts";
import { Metrics } from "../../services/base/metrics.ts";
import { migrateSchema } from "../../services/base/postgres/migrator.ts";
import { PostgresDatabase } from "../../services/base/postgres/postgres-database.ts";
import { createRedis } from "../../services/base/redis/connection.ts";
import { schemaPlans } from "../../services/migrate/schemas.ts";
import { cpuBetween, type CpuMeter, type CpuUse } from "./cpu.ts";
import type { Delays } from "./delays.ts";
import { tradeData } from "./mix.ts";
import { ConsumerProcesses } from "./processes.ts";

export interface DurableFlow {
  /** Trades committed with their event in the outbox. */
  readonly committed: number;
  /** The same in a second. */
  readonly committedPerSecond: number;
  /** Effects committed in a second: one for each group that an event is for, follow-up events included. */
  readonly effectsPerSecond: number;
  /** Effects that were committed. */
  readonly effects: number;
  readonly delays: Delays;
  readonly cpu: CpuUse;
}

export interface DurableOptions {
  readonly redis: RedisSettings;
  /** Connection of a role of the database. */
  readonly postgres: (role: string, schema: string) => PostgresSettings;
  /** Name of a service and its schema. */
  readonly services: readonly { readonly name: string; readonly schema: string }[];
  /** Events in one transaction of the publisher. */
  readonly perTransaction: number;
  readonly cpu: CpuMeter;
}

const PUBLISHERS = 4;
/** Committed events whose effects are outstanding, at saturation. */
const IN_FLIGHT = 4_000;
/** Effects of a trade, those of the points for it included; only decides how far the publisher may be ahead. */
const EFFECTS_OF_TRADE = 8;

/** Trades committed with their events in PostgreSQL, and all that the platform's real handlers make of them. */
export class Durable {
  readonly #options: DurableOptions;
  readonly #database: PostgresDatabase;
  readonly #bus: EventBus;
  readonly #consumers: ConsumerProcesses;
  #n = 0;

  private constructor(options: DurableOptions) {
    const { redis, postgres, services } = options;
    this.#options = options;
    const log = pino({ level: "error" });
    const settings = postgres("trading_app", "trading");
    const metrics = new Metrics({ service: "trading", colour: "blue" });
    this.#database = new PostgresDatabase({ settings, applicationName: "bench-publisher", metrics, log });
    this.#bus = new EventBus({
      producer: { service: "trading", colour: "blue", version: "bench" }, instance: "bench-publisher", postgres: settings,
      database: this.#database, metrics, log, clock: systemClock, isActive: () => true,
      connectRedis: (name) => createRedis(redis, { name, commandTimeoutMs: 10_000 }, log),
    });
    this.#bus.start([]);
    this.#consumers = new ConsumerProcesses(
      services.map(({ name, schema }) => ({ service: name, redis, postgres: postgres(`${schema}_app`, schema) })),
    );
  }

  static async start(options: DurableOptions): Promise<Durable> {
    for (const { schema, migrations } of schemaPlans) {
      const { host, port, database, user, password } = options.postgres(`${schema}_owner`, schema);
      const owner = new pg.Client({ host, port, database, user, password });
      await owner.connect();
      await migrateSchema(owner, schema, migrations);
      await owner.end();
    }
    return new Durable(options);
  }

  /** Commits trades for some seconds, at a rate or as fast as their effects follow; then waits for all effects. */
  async flow(seconds: number, perSecond?: number): Promise<DurableFlow> {
    const startMs = performance.now();
    const from = this.#n;
    const delays = await this.#consumers.take();
    const cpuBefore = this.#options.cpu.read(this.#consumers.cpuSeconds);
    let handled = 0;
    let lastEffectMs = startMs;
    const collect = async (): Promise<number> => {
      const more = await this.#consumers.take();
      delays.addAll(more.counts);
      handled += more.total;
      if (more.total > 0) lastEffectMs = performance.now();
      return more.total;
    };
    const publishing = async (): Promise<void> => {
      while (performance.now() - startMs < seconds * 1000) {
        const due = perSecond === undefined ? handled / EFFECTS_OF_TRADE + IN_FLIGHT : ((performance.now() - startMs) / 1000) * perSecond;
        if (this.#n - from < due) await this.#commit();
        else await delay(5);
      }
    };
    const publishers = Array.from({ length: PUBLISHERS }, publishing);
    while (performance.now() - startMs < seconds * 1000) {
      await delay(200);
      await collect();
    }
    await Promise.all(publishers);
    const committed = this.#n - from;
    const committedPerSecond = committed / ((performance.now() - startMs) / 1000);
    for (let quiet = 0; quiet < 10; ) {
      await delay(200);
      quiet = (await collect()) === 0 ? quiet + 1 : 0;
    }
    const cpu = cpuBetween(cpuBefore, this.#options.cpu.read(this.#consumers.cpuSeconds));
    return { committed, committedPerSecond, effectsPerSecond: handled / ((lastEffectMs - startMs) / 1000), effects: handled, delays, cpu };
  }

  async stop(): Promise<void> {
    await this.#bus.stop();
    await this.#consumers.stop();
    await this.#database.close();
  }

  async #commit(): Promise<void> {
    const first = this.#n;
    this.#n += this.#options.perTransaction;
    await this.#database.transaction(async (tx) => {
      for (let n = first; n < first + this.#options.perTransaction; n += 1) {
        const data = tradeData(n);
        await this.#bus.publisher.publish(tx, tradeExecuted, { aggregateId: data.positionId, data });
      }
    });
  }
}
