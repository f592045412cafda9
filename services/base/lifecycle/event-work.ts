import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { ServiceConfig } from "../config.ts";
import type { ServiceDeclaration } from "../declaration.ts";
import type { ConsumerGroup } from "../events/consumer-group.ts";
import { EventMetrics } from "../events/event-metrics.ts";
import { GroupConsumer } from "../events/group-consumer.ts";
import type { EventPublisher } from "../events/publisher.ts";
import type { Metrics } from "../metrics.ts";
import type { Database } from "../postgres/database.ts";
import { createRedis } from "../redis/connection.ts";
import { noPublisher } from "./no-database.ts";

export interface EventWorkOptions {
  readonly config: ServiceConfig;
  readonly declaration: ServiceDeclaration;
  readonly database: Database;
  readonly redis: Redis;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  /** Whether this colour has weight: consumers read new events only then. */
  isActive(): boolean;
}

/** Everything of the event bus that one process runs. */
export interface EventWork {
  readonly publisher: EventPublisher;
  start(groups: readonly ConsumerGroup[]): void;
  /** Finishes what is being handled, then ends. */
  stop(): Promise<void>;
}

/** Longer than a blocking read, so that only a Redis that hangs is given up. */
const BLOCKING_COMMAND_TIMEOUT_MS = 3_000;

export function createEventWork(options: EventWorkOptions): EventWork {
  const { config, declaration, database, metrics, log, clock } = options;
  if (config.postgres === undefined) {
    return { publisher: noPublisher(declaration.name), start: () => undefined, stop: () => Promise.resolve() };
  }
  const eventMetrics = new EventMetrics(metrics);
  const consumers: GroupConsumer[] = [];
  return {
    publisher: noPublisher(declaration.name),
    start: (groups) => {
      for (const group of groups) {
        const purpose = { name: `${config.instance} ${group.name}`, commandTimeoutMs: BLOCKING_COMMAND_TIMEOUT_MS };
        const consumer = new GroupConsumer({
          group,
          instance: config.instance,
          redis: createRedis(config.redis, purpose, log),
          database,
          metrics: eventMetrics,
          log,
          clock,
          isActive: () => options.isActive(),
        });
        consumers.push(consumer);
        consumer.start();
      }
    },
    stop: async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    },
  };
}
