import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { PostgresSettings } from "../config.ts";
import type { Metrics } from "../metrics.ts";
import type { Database } from "../postgres/database.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { BusWatch } from "./bus-watch.ts";
import type { ConsumerGroup } from "./consumer-group.ts";
import type { EventDefinition } from "./define.ts";
import type { EventProducer } from "./envelope.ts";
import { EventMetrics } from "./event-metrics.ts";
import { GroupConsumer, type ConsumerTuning } from "./group-consumer.ts";
import { OutboxPublisher } from "./outbox-publisher.ts";
import type { EventPublisher } from "./publisher.ts";
import { Relay, type RelayTuning } from "./relay.ts";

export interface EventBusOptions {
  /** Service name, which is also the domain whose events it publishes. */
  readonly producer: EventProducer;
  /** Container name: what the consumers are called in Redis. */
  readonly instance: string;
  readonly postgres: PostgresSettings;
  readonly database: Database;
  /**
   * Makes a connection to Redis: one for the relay, and one for each group, since its reads block for up to 500 ms.
   * Every command needs a deadline of more than that.
   */
  readonly connectRedis: (purpose: string) => Redis;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  /** Whether this colour has weight for this workload now. */
  readonly isActive: () => boolean;
  readonly relay?: RelayTuning;
  readonly consumer?: ConsumerTuning;
  /** Events that patterns can match. @default the platform's catalogue */
  readonly catalogue?: readonly EventDefinition[];
  /** Absent: traces that come in are passed on, and none is recorded. */
  readonly tracing?: Tracing | undefined;
}

/** The event bus of one service process: publisher, relay and consumers. */
export class EventBus {
  readonly publisher: EventPublisher;
  readonly #options: EventBusOptions;
  readonly #metrics: EventMetrics;
  readonly #relay: Relay;
  readonly #watch: BusWatch;
  readonly #consumers: GroupConsumer[] = [];

  constructor(options: EventBusOptions) {
    const { producer, instance, postgres, log, clock } = options;
    this.#options = options;
    this.#metrics = new EventMetrics(options.metrics);
    this.#watch = new BusWatch({ database: options.database, metrics: this.#metrics, log });
    this.#relay = new Relay({
      domain: producer.service,
      instance,
      postgres,
      redis: options.connectRedis("relay"),
      metrics: this.#metrics,
      log,
      clock,
      tracing: options.tracing,
      ...(options.relay ? { tuning: options.relay } : {}),
    });
    this.publisher = new OutboxPublisher({
      domain: producer.service,
      producer,
      clock,
      onCommitted: () => this.#relay.wake(),
    });
  }

  /**
   * Starts the relay and one consumer for each group, once; call it when the schema is there. Either store may be away
   * at that time.
   *
   * @throws Error when two groups have the same name
   */
  start(groups: readonly ConsumerGroup[]): void {
    const names = groups.map((group) => group.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new Error(`consumer group "${twice}" is declared twice`);
    this.#relay.start();
    this.#watch.start(names);
    for (const group of groups) {
      const { database, instance, log, clock, isActive, consumer, catalogue } = this.#options;
      const one = new GroupConsumer({
        group,
        instance,
        database,
        redis: this.#options.connectRedis(group.name),
        metrics: this.#metrics,
        log,
        clock,
        isActive,
        tracing: this.#options.tracing,
        ...(consumer ? { tuning: consumer } : {}),
        ...(catalogue ? { catalogue } : {}),
      });
      this.#consumers.push(one);
      one.start();
    }
  }

  /** Finishes and acknowledges what is being handled, sends what is committed, then ends. Takes no longer than a batch. */
  async stop(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()));
    await Promise.all([this.#watch.stop(), this.#relay.stop()]);
  }
}
