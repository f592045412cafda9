import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningAgent } from "../../../../infra/agent/agent.ts";
import { readAgentConfig } from "../../../../infra/agent/config.ts";
import { startRollbackAgent } from "../../../../infra/agent/rollback/rollback-agent.ts";
import { REGISTRY_KEY } from "../../../../services/base/registry/instance.ts";
import type { Release } from "../../../../services/base/traffic/release.ts";
import { readTrafficTable } from "../../../../services/base/traffic/store.ts";
import { firstTable, TRAFFIC_KEY } from "../../../../services/base/traffic/table.ts";
import { createTestRedis, stores, secretValue, type TestRedis } from "../../../support/stores.ts";
import { waitFor } from "../../../support/wait-for.ts";

const WORKLOADS = ["nft", "gateway"];
const first = firstTable(WORKLOADS, "blue", "test", new Date(0));
const release: Release = { id: "1", from: "blue", to: "green", state: "running", step: 6, steps: 6, startedAt: new Date(0).toISOString() };
const served = { ...first, version: 2, weights: Object.fromEntries(WORKLOADS.map((name) => [name, { blue: 0, green: 100 }])), previous: first.weights, release };
const alert = { status: "firing", startsAt: new Date().toISOString(), labels: { alertname: "ColourErrorsWorse", action: "rollback", colour: "green", workload: "nft" }, annotations: {} };

describe("the agent of a cluster, which has no engine to ask (R-DEP-7, R-MON-2)", () => {
  let server: TestRedis;
  let redis: Redis;
  let agent: RunningAgent;

  beforeAll(async () => {
    server = await createTestRedis();
    redis = new Redis({ host: server.host, port: server.port, password: server.password });
    const config = readAgentConfig({
      ASTRA_INSTANCE: "agent-test",
      ASTRA_ENVIRONMENT: "test",
      ASTRA_REDIS_HOST: server.host,
      ASTRA_REDIS_PORT: String(server.port),
      ASTRA_SECRETS_DIR: stores().secretsDir,
    });
    agent = await startRollbackAgent({ config: { ...config, port: 0 }, log: pino({ level: "silent" }) });
    await waitFor("the agent's readiness", async () => ((await get("/health/ready")).ok ? true : undefined));
  });
  afterAll(async () => {
    await agent.stop();
    redis.disconnect();
    await server.remove();
  });

  const get = async (path: string): Promise<Response> => await fetch(`http://127.0.0.1:${agent.port}${path}`);
  const post = async (): Promise<unknown> => {
    const headers = { authorization: `Bearer ${secretValue("agent_token")}` };
    return await (await fetch(`http://127.0.0.1:${agent.port}/alerts`, { method: "POST", headers, body: JSON.stringify({ alerts: [alert] }) })).json();
  };
  const beat = async (service: string): Promise<void> => {
    const heartbeatAt = Number((await redis.time())[0]) * 1000;
    const entry = { service, instance: `blue-${service}-1`, address: "10.0.0.1", port: 1, colour: "blue", version: "v1", state: "up", weight: 100, startedAt: "", heartbeatAt };
    await redis.hset(REGISTRY_KEY, entry.instance, JSON.stringify(entry));
  };

  test("refuses while the registry does not have the whole old colour, and takes the release back once it has", async () => {
    await redis.set(TRAFFIC_KEY, JSON.stringify(served));
    await beat("nft");
    expect(await post()).toMatchObject({ results: [{ refused: expect.stringContaining("gateway: there is no container of blue") as string }] });
    await beat("gateway");
    expect(await post()).toMatchObject({ results: [{ done: "requests go to blue again" }] });
    expect(await readTrafficTable(redis)).toMatchObject({ version: 3, by: "agent", weights: first.weights, release: { state: "reverted" } });
    expect(await (await get("/metrics")).text()).toContain('by="agent",colour="blue",version="v1"');
  });

  test("needs an engine's socket or Redis to have anything to do", () => {
    expect(() => readAgentConfig({ ASTRA_INSTANCE: "a", ASTRA_ENVIRONMENT: "test" })).toThrow("neither is set, so there is nothing to do");
  });
});
