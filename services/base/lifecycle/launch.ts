import type { AddressInfo } from "node:net";
import type { Redis } from "ioredis";
import { startAgentCheck } from "../agent-check.ts";
import { KeyStore } from "../auth/key-store.ts";
import { RevokedSessions } from "../auth/revoked-sessions.ts";
import { TokenAuthenticator } from "../auth/token-authenticator.ts";
import { JWKS_CHANNEL, REVOKED_CHANNEL } from "../auth/tokens.ts";
import { systemClock, type Clock } from "../clock.ts";
import type { ServiceConfig } from "../config.ts";
import { delay } from "../deadline.ts";
import type { DependencyProbe } from "../health/probe.ts";
import { HealthReporter } from "../health/report.ts";
import { createApp } from "../http/app.ts";
import { systemRoutes } from "../http/system-routes.ts";
import { createLogger } from "../log.ts";
import { Metrics } from "../metrics.ts";
import { CallerQuota } from "../tracing/caller-quota.ts";
import { createRecorder } from "../tracing/recorder.ts";
import { traceMetrics } from "../tracing/trace-metrics.ts";
import { createTracing, type Tracing } from "../tracing/tracing.ts";
import type { Database } from "../postgres/database.ts";
import { PostgresDatabase } from "../postgres/postgres-database.ts";
import { listenToChannels } from "../redis/channels.ts";
import { closeRedis, createRedis } from "../redis/connection.ts";
import { REGISTRY_CHANNEL } from "../registry/instance.ts";
import { Membership } from "../registry/membership.ts";
import { RegistryTable } from "../registry/table.ts";
import type { RunningService, ServiceContext, ServiceDefinition } from "../service.ts";
import { TRAFFIC_CHANNEL } from "../traffic/table.ts";
import { TrafficWatch } from "../traffic/watch.ts";
import { reachableAddress } from "./address.ts";
import { bringUp } from "./bring-up.ts";
import { drain, type DrainTimes } from "./drain.ts";
import { createEventWork } from "./event-work.ts";
import { closeWhenIdle } from "./in-flight.ts";
import { noDatabase } from "./no-database.ts";
import { LifePhase } from "./phase.ts";

export interface LaunchOptions {
  readonly drainTimes: DrainTimes;
  /** Names of all workloads, for the first traffic table of an environment. */
  readonly workloads: readonly string[];
  readonly clock?: Clock;
  /** Adds Node's own metrics; once per process. */
  readonly runtimeMetrics?: boolean;
}

/**
 * Starts a service: it listens and is live at once, and becomes ready when its stores and its schema are there.
 * @throws where it can never work: a port taken, a route declared wrongly.
 */
export async function launchService(definition: ServiceDefinition, config: ServiceConfig, options: LaunchOptions): Promise<RunningService> {
  const { declaration } = definition;
  const clock = options.clock ?? systemClock;
  const log = createLogger(config);
  const metrics = new Metrics({ service: declaration.name, colour: config.colour, version: config.version });
  if (options.runtimeMetrics) metrics.collectRuntime();
  const tracing = openTracing(definition, config, metrics, log, clock);
  const phase = new LifePhase();

  const redis = createRedis(config.redis, { name: `${config.instance} commands` }, log);
  const subscriber = createRedis(config.redis, { name: `${config.instance} channels` }, log);
  const database = openDatabase(config, metrics, log);
  const registry = new RegistryTable(redis, clock, log);
  const traffic = new TrafficWatch(redis, registry, clock, log);
  const isActive = (): boolean => phase.ready && !phase.draining && traffic.weight(declaration.name, config.colour) > 0;
  const eventWork = createEventWork({ config, database, metrics, log, clock, tracing, isActive });
  const keys = new KeyStore(redis, clock);
  const revoked = new RevokedSessions(redis, clock);
  const context: ServiceContext = {
    declaration,
    config,
    log,
    database,
    redis,
    events: eventWork.publisher,
    metrics,
    auth: new TokenAuthenticator({ keys, revoked, mode: config.mode, clock }),
    clock,
    tracing,
    registry,
    traffic,
  };

  const app = await createApp({ declaration, config, log, metrics, availability: phase, tracing });
  const probes = [...storeProbes(declaration.stores, redis, database), ...(definition.dependencies?.(context) ?? [])];
  systemRoutes(app, new HealthReporter(declaration, config, clock, probes), metrics, phase);
  await mount(app, definition, context);
  await app.listen({ host: config.host, port: config.port });
  const port = (app.server.address() as AddressInfo).port;
  // While it hands over, this process goes on asking for what it had: the registry gives its share to others already.
  let weightBeforeLeaving: number | undefined;
  const weight = (): number => weightBeforeLeaving ?? traffic.instanceShare(declaration.name, config.colour);
  const agent = await startAgentCheck(config.host, config.agentPort, () => ({
    ready: phase.ready,
    draining: phase.draining,
    weight: weight(),
  })).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  log.info({ port, agentPort: (agent.address() as AddressInfo).port }, `${declaration.name} listens on ${port}`);

  const startedAt = new Date(clock.now()).toISOString();
  const { instance, colour, version } = config;
  const address = config.address ?? reachableAddress(config.host);
  const membership = new Membership(redis, { service: declaration.name, instance, address, port, colour, version, weight: 100, startedAt }, log);
  const stopping = new AbortController();
  const startEvents = (): void => eventWork.start(definition.handlers?.(context) ?? []);
  const parts = { definition, context, workloads: options.workloads, membership, phase, startEvents };
  const ready = bringUp(parts, { delay, log, signal: stopping.signal });
  listenToChannels(subscriber, {
    [REGISTRY_CHANNEL]: () => void registry.refresh(),
    [TRAFFIC_CHANNEL]: () => void traffic.refresh(),
    [JWKS_CHANNEL]: () => void keys.refresh(),
    [REVOKED_CHANNEL]: (message) => revoked.hear(message),
  });
  // A caller that never waits for readiness must not turn its failure into an unhandled rejection.
  ready.catch(() => undefined);

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    weightBeforeLeaving = weight();
    stopping.abort();
    await drain(
      {
        announce: () => membership.announceDraining(),
        turnAway: () => phase.startDraining(),
        closeListener: () => closeWhenIdle(app),
        cutInFlight: () => app.server.closeAllConnections(),
        stopWork: async () => {
          await eventWork.stop();
          await definition.stop?.(context);
        },
        leave: async () => {
          registry.stop();
          traffic.stop();
          await membership.leave();
        },
        closeStores: async () => {
          agent.close();
          closeRedis(subscriber);
          closeRedis(redis);
          await Promise.all([database.close(), tracing.stop()]);
        },
      },
      options.drainTimes,
      delay,
      log,
    );
  };
  return { app, context, port, ready, stop: () => (stopped ??= stop()) };
}

function openTracing(definition: ServiceDefinition, config: ServiceConfig, metrics: Metrics, log: ServiceContext["log"], clock: Clock): Tracing {
  const counts = traceMetrics(metrics);
  if (config.tracing === undefined) return createTracing();
  const recorder = createRecorder({ config, tracing: config.tracing, metrics: counts, log, clock });
  const isEntry = definition.mount === "root" && config.mode === "production";
  return createTracing(recorder, isEntry ? new CallerQuota(clock) : undefined);
}

function openDatabase(config: ServiceConfig, metrics: Metrics, log: ServiceContext["log"]): Database {
  if (config.postgres === undefined) return noDatabase(config.service);
  return new PostgresDatabase({ settings: config.postgres, applicationName: config.instance, metrics, log });
}

function storeProbes(stores: readonly string[], redis: Redis, database: Database): DependencyProbe[] {
  const checks: Readonly<Record<string, () => Promise<undefined>>> = {
    redis: async () => void (await redis.ping()),
    postgres: async () => void (await database.query("SELECT 1")),
  };
  return stores.flatMap((name) => {
    const check = checks[name];
    return check === undefined ? [] : [{ name, check }];
  });
}

async function mount(app: RunningService["app"], definition: ServiceDefinition, context: ServiceContext): Promise<void> {
  const { declaration } = definition;
  if (definition.mount === "root") {
    await definition.routes(app, context);
  } else {
    const prefix = `/api/v1/${declaration.route ?? declaration.name}`;
    await app.register(async (scope) => definition.routes(scope as RunningService["app"], context), { prefix });
  }
  await app.ready();
}
