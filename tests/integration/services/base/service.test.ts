import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ServiceConfig } from "../../../../services/base/config.ts";
import { launchService } from "../../../../services/base/lifecycle/launch.ts";
import { parseInstance, REGISTRY_KEY, type Instance } from "../../../../services/base/registry/instance.ts";
import { startService, type RunningService } from "../../../../services/base/service.ts";
import { compareAndSetTrafficTable, readTrafficTable } from "../../../../services/base/traffic/store.ts";
import { dockerOrFail } from "../../../../infra/host/docker.ts";
import { createTestDatabase, createTestRedis, secretValue, type TestRedis } from "../../../support/stores.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { sampleConfig, sampleService } from "./base-fixture.ts";

let redis: TestRedis;
const running: RunningService[] = [];

beforeAll(async () => {
  redis = await createTestRedis();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
});
afterAll(() => redis.remove());

async function start(changes: Partial<ServiceConfig> = {}): Promise<RunningService> {
  const service = await startService(sampleService(), sampleConfig(redis, changes));
  running.push(service);
  return service;
}

async function get(service: RunningService, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${service.port}${path}`, init);
}

async function registered(service: RunningService, instance: string): Promise<Instance | undefined> {
  const json = await service.context.redis.hget(REGISTRY_KEY, instance);
  return json === null ? undefined : parseInstance(json);
}

describe("a service made from the template (R-SVC-2)", () => {
  it("reports who it is and how it does", async () => {
    const service = await start();
    const response = await get(service, "/health");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: "ok",
      service: "sample",
      purpose: "Shows the template.",
      capabilities: ["sampling"],
      version: "v1",
      colour: "blue",
      instance: "sample-1",
      mode: "dev",
      dependencies: { redis: { status: "up" } },
    });
    expect((await get(service, "/health/ready")).status).toBe(200);
    expect((await get(service, "/health/live")).status).toBe(200);
  });

  it("has the connections that it keeps when it becomes ready, so that a colour is not cold when requests come to it (R-SVC-3)", async () => {
    const stores = await createTestDatabase();
    try {
      const { host, port, database } = stores;
      const service = await start({ postgres: { host, port, database, user: "trading_app", password: secretValue("postgres_trading_app"), schema: "trading" } });
      await waitFor("readiness", async () => ((await get(service, "/health/ready")).status === 200 ? true : undefined));
      const gauge = await service.context.metrics.registry.getSingleMetric("db_pool_connections")?.get();
      expect(gauge?.values.find(({ labels }) => labels["state"] === "idle")?.value).toBe(5);
      await service.stop();
    } finally {
      await stores.drop();
    }
  });

  it("measures its requests by route pattern, at zero from the start", async () => {
    const service = await start();
    const count = async (code: string): Promise<number | undefined> => {
      const { values } = (await service.context.metrics.registry.getSingleMetric("http_request_duration_seconds")?.get()) ?? { values: [] };
      const labels = { route: "/api/v1/sample/refused", method: "GET", code };
      return values.find((value) => "metricName" in value && String(value.metricName).endsWith("_count") && Object.entries(labels).every(([key, text]) => value.labels[key] === text))?.value;
    };
    expect([await count("500"), await count("422")]).toEqual([0, undefined]);
    await get(service, "/api/v1/sample/refused?x=1");
    expect(await count("422")).toBe(1);
    expect(await (await get(service, "/metrics")).text()).toMatch(/http_request_duration_seconds_count\{[^}]*route="\/api\/v1\/sample\/refused"[^}]*\} 1/);
  });

  it("documents its API by the schemas that it validates with (R-SVC-4)", async () => {
    const service = await start();
    const document = (await (await get(service, "/openapi.json")).json()) as { paths: Record<string, { post?: { requestBody?: unknown } }> };
    expect(Object.keys(document.paths)).toEqual(["/api/v1/sample/orders", "/api/v1/sample/broken", "/api/v1/sample/refused"]);
    expect(document.paths["/api/v1/sample/orders"]?.post?.requestBody).toBeDefined();
  });

  it("enters the registry, keeps its heartbeat going and leaves on stop", async () => {
    const service = await start();
    const first = await waitFor("registration", () => registered(service, "sample-1"));
    expect(first).toMatchObject({ service: "sample", address: "127.0.0.1", port: service.port, colour: "blue", state: "up", weight: 100 });
    await waitFor("the next heartbeat", async () => ((await registered(service, "sample-1"))?.heartbeatAt ?? 0) > first.heartbeatAt || undefined);
    const watcher = await start({ instance: "sample-2" });
    await service.stop();
    expect(await registered(watcher, "sample-1")).toBeUndefined();
  });

  it("finishes what is in flight and answers until its listener closes (R-DEP-2)", async () => {
    let release: (() => void) | undefined;
    const held = sampleService({
      routes: (app) => {
        app.get("/slow", () => new Promise((resolve) => (release = () => resolve({ done: true }))));
        app.get("/quick", () => ({ quick: true }));
      },
    });
    const options = { drainTimes: { handOverMs: 1_000, announceMs: 1_500, inFlightMs: 5_000 }, workloads: ["sample"] };
    const service = await launchService(held, sampleConfig(redis), options);
    await service.ready;
    const slow = get(service, "/api/v1/sample/slow");
    await waitFor("the slow request", () => Promise.resolve(release));
    const stopped = service.stop();
    // While the others take over, it serves as before.
    expect((await get(service, "/health/ready")).status).toBe(200);
    await waitFor("the hand-over to end", async () => ((await get(service, "/health/ready")).status === 503 ? true : undefined));
    const draining = await get(service, "/api/v1/sample/quick");
    expect(draining.status).toBe(200);
    expect(draining.headers.get("connection")).toBe("close");
    expect((await registered(service, "sample-1"))?.state).toBe("draining");
    await waitFor("the listener to close", () => get(service, "/api/v1/sample/quick").then(() => undefined, () => true));
    release?.();
    expect(await (await slow).json()).toEqual({ done: true });
    await stopped;
  });

  it("is live but not ready while Redis does not answer, and later only degraded (R-SVC-2)", async () => {
    const own = await createTestRedis();
    try {
      await dockerOrFail(["pause", own.id]);
      const service = await launchService(sampleService(), sampleConfig(own), { drainTimes: { handOverMs: 0, announceMs: 0, inFlightMs: 1_000 }, workloads: ["sample"] });
      running.push(service);
      expect((await get(service, "/health/live")).status).toBe(200);
      expect((await get(service, "/health/ready")).status).toBe(503);
      const early = await get(service, "/api/v1/sample/refused");
      expect(early.status).toBe(503);
      expect(await early.json()).toMatchObject({ code: "not-ready" });
      await dockerOrFail(["unpause", own.id]);
      await service.ready;
      expect((await get(service, "/health/ready")).status).toBe(200);

      await dockerOrFail(["pause", own.id]);
      await waitFor("the degraded state", async () => ((await (await get(service, "/health")).json()) as { status: string }).status === "degraded" || undefined);
      expect((await get(service, "/health")).status).toBe(200);
      expect((await get(service, "/health/ready")).status).toBe(200);
      await dockerOrFail(["unpause", own.id]);
      await waitFor("recovery", async () => ((await (await get(service, "/health")).json()) as { status: string }).status === "ok" || undefined);
    } finally {
      await Promise.all(running.splice(0).map((service) => service.stop()));
      await own.remove();
    }
  });
});

describe("the traffic table", () => {
  it("is made by the first colour that starts, which takes everything (R-DEP-2)", async () => {
    const service = await start();
    const table = await readTrafficTable(service.context.redis);
    expect(table?.weights["trading"]).toEqual({ blue: 100, green: 0 });
    const green = await start({ instance: "sample-green", colour: "green" });
    await waitFor("both colours", async () => (green.context.registry.takers("sample").blue.length > 0 ? true : undefined));
    expect(green.context.traffic.weight("sample", "green")).toBe(0);
  });

  it("moves traffic in every process as soon as it changes", async () => {
    const service = await start();
    const green = await start({ instance: "sample-green", colour: "green" });
    const now = service.context.traffic.table();
    if (now === undefined) throw new Error("no table");
    const next = { ...now, version: now.version + 1, by: "test", reason: "half", weights: { ...now.weights, sample: { blue: 50, green: 50 } } };
    expect(await compareAndSetTrafficTable(service.context.redis, now.version, next)).toBe(true);
    expect(await compareAndSetTrafficTable(service.context.redis, now.version, next)).toBe(false);
    await waitFor("the new weight", async () => (green.context.traffic.weight("sample", "green") === 50 ? true : undefined));
  });

  it("is given back to a Redis that lost it, with the registry", async () => {
    const service = await start();
    const version = service.context.traffic.table()?.version;
    await service.context.redis.flushall();
    const restored = await waitFor("the table", () => readTrafficTable(service.context.redis));
    expect(restored.version).toBe(version);
    await waitFor("the registration", () => registered(service, "sample-1"));
    expect(service.context.registry.takers("sample").blue).toHaveLength(1);
  });
});
