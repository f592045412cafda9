import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { systemClock, type Clock } from "../../services/base/clock.ts";
import { closeRedis, createRedis } from "../../services/base/redis/connection.ts";
import { alertsRoute } from "./rollback/alerts-route.ts";
import { AutomaticRollback } from "./rollback/automatic-rollback.ts";
import { releaseMetrics } from "./rollback/release-events.ts";
import type { AgentConfig } from "./config.ts";
import { ContainerWatch } from "./container-watch.ts";
import { isRunning, type Engine } from "./engine/engine.ts";
import { httpServer, jsonAnswer, type Route } from "./http.ts";
import { backupMetrics } from "./metrics/backup.ts";
import { metricsText } from "./metrics/collect.ts";
import { EXPOSITION_TYPE } from "./metrics/exposition.ts";
import { Repairer } from "./repair/repairer.ts";
import { RESTART_RULE, type RestartRule } from "./repair/restart-history.ts";
import { UsageReader } from "./usage-reader.ts";

const TICK_MS = 1_000;
/** Events keep the picture right; this is for those that got lost. */
const SYNC_MS = 30_000;

export interface AgentOptions {
  readonly config: AgentConfig;
  readonly engine: Engine;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly rule?: RestartRule;
}

export interface RunningAgent {
  readonly port: number;
  /** Stops looking and listening; a restart that has begun is the engine's and goes on there. */
  stop(): Promise<void>;
}

/** Starts watching, repairing and telling. An engine that is away is no reason not to start. */
export async function startAgent({ config, engine, log, clock = systemClock, rule = RESTART_RULE }: AgentOptions): Promise<RunningAgent> {
  const ending = new AbortController();
  const watch = new ContainerWatch({ engine, environment: config.environment, clock, log });
  const repairer = new Repairer({
    instance: config.instance,
    environment: config.environment,
    rule,
    clock,
    log,
    containers: () => watch.containers(),
    refresh: async (id) => await watch.refresh(id),
    restart: async (id) => await engine.restart(id),
  });
  const usage = new UsageReader({
    clock,
    read: async (id) => await engine.usage(id),
    onError: (error) => {
      watch.countError();
      log.debug({ err: error }, "a container could not be measured");
    },
  });

  const redis = config.rollback && createRedis(config.rollback.redis, { name: `${config.instance} rollback` }, log);
  const rollback = redis && new AutomaticRollback({ redis, clock, log, containers: () => watch.containers() });

  const metrics = async (): Promise<string> => {
    const containers = watch.containers();
    const running = watch.engineUp ? containers.filter(isRunning) : [];
    const usages = await usage.usages(running.map((container) => container.id));
    const told = redis === undefined ? [] : await Promise.all([releaseMetrics(redis, clock.now()), backupMetrics(redis)]);
    return told.join("") + metricsText({
      nowSeconds: clock.now() / 1000,
      engineUp: watch.engineUp,
      engineErrors: watch.errors,
      collectSeconds: usage.durationSeconds,
      containers,
      usages,
      restarts: repairer.restarts,
      restartsPaused: repairer.waiting,
      oomKills: (name) => watch.oomKills(name),
      hasGivenUp: (id) => repairer.hasGivenUp(id),
    });
  };
  const routes: Route[] = [
    { method: "GET", path: "/metrics", answer: async () => ({ status: 200, type: EXPOSITION_TYPE, body: await metrics() }) },
    { method: "GET", path: "/health/live", answer: () => jsonAnswer(200, { status: "ok" }) },
    {
      method: "GET",
      path: "/health/ready",
      answer: () => jsonAnswer(watch.engineUp ? 200 : 503, { status: watch.engineUp ? "ok" : "the container engine does not answer" }),
    },
  ];

  if (config.rollback && rollback) routes.push(alertsRoute(config.rollback.token, async (call) => await rollback.handle(call)));

  const server = httpServer(routes, (error) => log.error({ err: error }, "a request failed"));
  server.listen(config.port, "0.0.0.0");
  await once(server, "listening");
  const watching = watch.run(ending.signal);
  const ticks = setInterval(() => {
    // What was known before the engine went away is old.
    if (watch.engineUp) void repairer.tick();
  }, TICK_MS);
  const syncs = setInterval(() => void watch.sync(), SYNC_MS);
  const { port } = server.address() as AddressInfo;
  log.info({ port }, `watching the containers of environment ${config.environment}`);

  return {
    port,
    stop: async () => {
      clearInterval(ticks);
      clearInterval(syncs);
      ending.abort();
      server.close();
      server.closeIdleConnections();
      await watching;
      if (redis) closeRedis(redis);
    },
  };
}
