// A process with the consumers of one service, and with its relay where it has a database. Its order comes from its parent.
import { pino } from "pino";
import { systemClock } from "../../services/base/clock.ts";
import type { EventEnvelope } from "../../services/base/events/envelope.ts";
import { EventBus } from "../../services/base/events/event-bus.ts";
import { EventMetrics } from "../../services/base/events/event-metrics.ts";
import { GroupConsumer } from "../../services/base/events/group-consumer.ts";
import { occurredAtReader } from "../../services/base/events/occurred-at.ts";
import type { EventPublisher } from "../../services/base/events/publisher.ts";
import { Metrics } from "../../services/base/metrics.ts";
import { PostgresDatabase } from "../../services/base/postgres/postgres-database.ts";
import { createRedis } from "../../services/base/redis/connection.ts";
import { Delays } from "./delays.ts";
import { groupsOf } from "../../tests/support/service-groups.ts";
import { noDatabase, observed, withoutEffect } from "./groups.ts";
import type { ConsumerOrder, ConsumerReport } from "./message.ts";

let delays = new Delays();
const log = pino({ level: "error" });

function note(events: readonly EventEnvelope[]): void {
  const now = Date.now();
  const occurredAtMs = occurredAtReader();
  for (const event of events) delays.add(now - occurredAtMs(event));
}

function start({ service, redis, postgres }: ConsumerOrder): () => Promise<void> {
  const metrics = new Metrics({ service, colour: "blue" });
  const connectRedis = (name: string) => createRedis(redis, { name, commandTimeoutMs: 10_000 }, log);
  const instance = `bench-${service}`;
  if (postgres === undefined) {
    const eventMetrics = new EventMetrics(metrics);
    const nobody: EventPublisher = { publish: () => Promise.reject(new Error("nothing is published here")) };
    const consumers = groupsOf(service, nobody).map((group) => new GroupConsumer({
      group: observed(withoutEffect(group), note), instance, redis: connectRedis(group.name), database: noDatabase,
      metrics: eventMetrics, log, clock: systemClock, isActive: () => true,
    }));
    for (const consumer of consumers) consumer.start();
    return async () => { await Promise.all(consumers.map((consumer) => consumer.stop())); };
  }
  const database = new PostgresDatabase({ settings: postgres, applicationName: instance, metrics, log });
  const bus = new EventBus({
    producer: { service, colour: "blue", version: "bench" }, instance, postgres, database, connectRedis, metrics, log,
    clock: systemClock, isActive: () => true,
  });
  bus.start(groupsOf(service, bus.publisher).map((group) => observed(group, note)));
  return async () => {
    await bus.stop();
    await database.close();
  };
}

// Without a parent there is nobody to work for.
process.on("disconnect", () => process.exit());

let stop: () => Promise<void> = () => Promise.resolve();
process.on("message", (message: ConsumerOrder | "report" | "stop") => {
  if (message === "report") {
    const { user, system } = process.cpuUsage();
    process.send?.({ handled: delays.total, delays: delays.counts, cpuMicros: user + system } satisfies ConsumerReport);
    delays = new Delays();
  } else if (message === "stop") {
    void stop().then(() => process.disconnect());
  } else {
    stop = start(message);
  }
});
