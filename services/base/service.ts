import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from "fastify";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Authenticator } from "./auth/authenticator.ts";
import type { Clock } from "./clock.ts";
import { allServices } from "../catalogue.ts";
import { readServiceConfig, type ServiceConfig } from "./config.ts";
import type { ServiceDeclaration } from "./declaration.ts";
import type { ConsumerGroup } from "./events/consumer-group.ts";
import type { EventPublisher } from "./events/publisher.ts";
import type { DependencyProbe } from "./health/probe.ts";
import { DRAIN_TIMES } from "./lifecycle/drain.ts";
import { launchService } from "./lifecycle/launch.ts";
import { runProcess } from "./lifecycle/process.ts";
import type { Metrics } from "./metrics.ts";
import type { Database } from "./postgres/database.ts";
import type { Migration } from "./postgres/migration.ts";
import type { RegistryTable } from "./registry/table.ts";
import type { Tracing } from "./tracing/tracing.ts";
import type { TrafficWatch } from "./traffic/watch.ts";

/** Fastify with TypeBox schemas: `app.get("/x", { schema: { querystring: Type.Object(...) } }, ...)` is typed by them. */
export type ServiceApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What a service works with. One per process. */
export interface ServiceContext {
  readonly declaration: ServiceDeclaration;
  readonly config: ServiceConfig;
  readonly log: Logger;
  /** Its own schema. A service without one gets a database that refuses every query. */
  readonly database: Database;
  readonly redis: Redis;
  readonly events: EventPublisher;
  readonly metrics: Metrics;
  readonly auth: Authenticator;
  readonly clock: Clock;
  /** For requests that come in past the template's own hooks. */
  readonly tracing: Tracing;
  /** All running instances, from memory. */
  readonly registry: RegistryTable;
  /** Which colour gets which share of the traffic, from memory. */
  readonly traffic: TrafficWatch;
}

/** All that makes a service different from the others; everything else is the template's. */
export interface ServiceDefinition {
  readonly declaration: ServiceDeclaration;
  /** `api` (default): its routes stand below `/api/v1/<route>`. `root`: they stand at `/`, as the gateway's do. */
  readonly mount?: "api" | "root";
  /** Readiness waits until the last of them is recorded in the schema. */
  readonly migrations?: readonly Migration[];
  /** Registers routes and plugins; `app` is already mounted. */
  routes(app: ServiceApp, context: ServiceContext): void | Promise<void>;
  /** Dependencies that `/health` names besides the stores. */
  dependencies?(context: ServiceContext): readonly DependencyProbe[];
  /** Event consumers. They read while this colour has weight. */
  handlers?(context: ServiceContext): readonly ConsumerGroup[];
  /**
   * Runs when the stores are up and the schema is there, before the service is ready: seeds, timers. It runs again
   * when it fails, so what it does has to be repeatable.
   */
  start?(context: ServiceContext): Promise<void>;
  /** Runs once on stop, when no request is in flight any more and before the stores close. */
  stop?(context: ServiceContext): Promise<void>;
}

/** A service in this process. */
export interface RunningService {
  readonly app: ServiceApp;
  readonly context: ServiceContext;
  /** Port that it listens on. */
  readonly port: number;
  /** Resolves when the service is ready; it keeps trying for as long as a store is away. */
  readonly ready: Promise<void>;
  /** Drains and closes everything; the same promise every time. */
  stop(): Promise<void>;
}

/** Starts a service in this process and waits until it is ready: what tests use. It stops without the announcement. */
export async function startService(definition: ServiceDefinition, config: ServiceConfig): Promise<RunningService> {
  const drainTimes = { handOverMs: 0, announceMs: 0, inFlightMs: 5_000 };
  const running = await launchService(definition, config, { drainTimes, workloads: workloadNames() });
  await running.ready;
  return running;
}

/** The whole process of a service: configuration, signals, exit code. `main.ts` is `await runService(definition)`. */
export async function runService(definition: ServiceDefinition): Promise<void> {
  await runProcess(definition.declaration.name, {
    readConfig: () => readServiceConfig(definition.declaration),
    start: (config) => launchService(definition, config, { drainTimes: DRAIN_TIMES, workloads: workloadNames(), runtimeMetrics: true }),
  });
}

function workloadNames(): readonly string[] {
  return allServices.map((service) => service.name);
}
