import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { systemClock, type Clock } from "../../../services/base/clock.ts";
import { closeRedis, createRedis } from "../../../services/base/redis/connection.ts";
import { RegistryTable } from "../../../services/base/registry/table.ts";
import type { RunningAgent } from "../agent.ts";
import type { AgentConfig } from "../config.ts";
import { httpServer, jsonAnswer, type Route } from "../http.ts";
import { EXPOSITION_TYPE } from "../metrics/exposition.ts";
import { alertsRoute } from "./alerts-route.ts";
import { AutomaticRollback } from "./automatic-rollback.ts";
import { releaseMetrics } from "./release-events.ts";
import { standingInRegistry } from "./standing.ts";

export interface RollbackAgentOptions {
  readonly config: AgentConfig;
  readonly log: Logger;
  readonly clock?: Clock;
}

/**
 * The agent of a cluster: it moves traffic when an alert asks for it, and that is all, since kubelets do the rest. Who can
 * take requests it reads in the registry, so it needs no right to ask the cluster.
 * @throws Error where the configuration names no Redis.
 */
export async function startRollbackAgent({ config, log, clock = systemClock }: RollbackAgentOptions): Promise<RunningAgent> {
  if (config.rollback === undefined) throw new Error("an agent without an engine's socket needs Redis");
  const { token } = config.rollback;
  const redis = createRedis(config.rollback.redis, { name: `${config.instance} rollback` }, log);
  const registry = new RegistryTable(redis, clock, log);
  await registry.refresh();
  registry.start();
  const rollback = new AutomaticRollback({
    redis,
    clock,
    log,
    containers: async () => {
      await registry.refresh();
      return standingInRegistry(registry.instances());
    },
  });
  const isReady = async (): Promise<boolean> => await redis.ping().then(() => true, () => false);
  const routes: Route[] = [
    { method: "GET", path: "/metrics", answer: async () => ({ status: 200, type: EXPOSITION_TYPE, body: await releaseMetrics(redis, clock.now()) }) },
    { method: "GET", path: "/health/live", answer: () => jsonAnswer(200, { status: "ok" }) },
    {
      method: "GET",
      path: "/health/ready",
      answer: async () => ((await isReady()) ? jsonAnswer(200, { status: "ok" }) : jsonAnswer(503, { status: "Redis does not answer" })),
    },
    alertsRoute(token, async (call) => await rollback.handle(call)),
  ];
  const server = httpServer(routes, (error) => log.error({ err: error }, "a request failed"));
  server.listen(config.port, "0.0.0.0");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  log.info({ port }, `takes releases of environment ${config.environment} back when an alert asks for it`);
  return {
    port,
    stop: () => {
      registry.stop();
      server.close();
      server.closeIdleConnections();
      closeRedis(redis);
      return Promise.resolve();
    },
  };
}
