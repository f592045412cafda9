import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { ServiceConfig } from "../config.ts";
import type { ConsumerGroup } from "../events/consumer-group.ts";
import { EventBus } from "../events/event-bus.ts";
import type { EventPublisher } from "../events/publisher.ts";
import type { Metrics } from "../metrics.ts";
import type { Database } from "../postgres/database.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { createRedis } from "../redis/connection.ts";
import { noPublisher } from "./no-database.ts";

export interface EventWorkOptions {
  readonly config: ServiceConfig;
  readonly database: Database;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly tracing: Tracing;
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

/** The event bus of a service that has a schema; one without neither publishes nor consumes. */
export function createEventWork(options: EventWorkOptions): EventWork {
  const { config, database, metrics, log, clock } = options;
  const { service, instance, colour, version, postgres } = config;
  if (postgres === undefined) {
    return { publisher: noPublisher(service), start: () => undefined, stop: () => Promise.resolve() };
  }
  return new EventBus({
    producer: { service, colour, version },
    instance,
    postgres,
    database,
    connectRedis: (purpose) =>
      createRedis(config.redis, { name: `${instance} ${purpose}`, commandTimeoutMs: BLOCKING_COMMAND_TIMEOUT_MS }, log),
    metrics,
    log,
    clock,
    tracing: options.tracing,
    isActive: () => options.isActive(),
  });
}
