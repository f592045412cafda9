import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { pino } from "pino";
import { Type } from "typebox";
import { systemClock } from "../../../../../services/base/clock.ts";
import type { PostgresSettings, RedisSettings } from "../../../../../services/base/config.ts";
import { on, type ConsumerGroup } from "../../../../../services/base/events/consumer-group.ts";
import { defineEvent } from "../../../../../services/base/events/define.ts";
import { EventBus, type EventBusOptions } from "../../../../../services/base/events/event-bus.ts";
import { Metrics } from "../../../../../services/base/metrics.ts";
import { PostgresDatabase } from "../../../../../services/base/postgres/postgres-database.ts";
import { createRedis } from "../../../../../services/base/redis/connection.ts";

/** An event of a made-up kind of trade; `n` numbers them. */
export const counted = defineEvent({
  type: "trading.trade.counted",
  version: 1,
  data: Type.Object({ n: Type.Integer() }),
});

export const silent = pino({ level: "silent" });

/** A process of a service, as far as events go. */
export interface TestProcess {
  readonly bus: EventBus;
  readonly database: PostgresDatabase;
  readonly metrics: Metrics;
  /** Connections by purpose: `relay`, or the name of a group. */
  readonly redis: ReadonlyMap<string, Redis>;
  stop(): Promise<void>;
}

/** Makes the event bus of a process, with faster times than real ones where nobody should wait. */
export function busProcess(
  service: string,
  postgres: PostgresSettings,
  redis: RedisSettings,
  options: Partial<EventBusOptions> = {},
): TestProcess {
  const metrics = new Metrics({ service, colour: "blue" });
  const instance = options.instance ?? `${service}-${randomBytes(3).toString("hex")}`;
  const database = new PostgresDatabase({
    settings: postgres, applicationName: instance, metrics, log: silent, breaker: { resetMs: 100 },
  });
  const connections = new Map<string, Redis>();
  const bus = new EventBus({
    producer: { service, colour: "blue", version: "test" },
    instance,
    postgres,
    database,
    connectRedis: (purpose) => {
      const made = createRedis(redis, { name: purpose }, silent);
      connections.set(purpose, made);
      return made;
    },
    metrics,
    log: silent,
    clock: systemClock,
    isActive: () => true,
    catalogue: [counted],
    relay: { settleEveryMs: 100 },
    consumer: { blockMs: 100, retry: { firstMs: 10, maxMs: 50 }, claimIdleMs: 300, claimEveryMs: 100, leaseMs: 500 },
    ...options,
  });
  return {
    bus,
    database,
    metrics,
    redis: connections,
    stop: async () => {
      await bus.stop();
      await database.close();
    },
  };
}

/** A group whose only effect is a row for each event. */
export function recording(
  name: string,
  after: (n: number, aggregate: string) => Promise<void> | void = () => undefined,
): ConsumerGroup {
  return {
    name,
    handlers: [
      on(counted, async (tx, event) => {
        await tx.query("INSERT INTO effects (group_name, aggregate, n, correlation) VALUES ($1, $2, $3, $4)", [
          name, event.aggregateId, event.data.n, event.correlationId,
        ]);
        await after(event.data.n, event.aggregateId);
      }),
    ],
  };
}
