import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { httpServer } from "../../../../infra/agent/http.ts";
import { alertsRoute } from "../../../../infra/agent/rollback/alerts-route.ts";
import { AutomaticRollback } from "../../../../infra/agent/rollback/automatic-rollback.ts";
import { releaseMetrics } from "../../../../infra/agent/rollback/release-events.ts";
import { readFromRedis } from "../../../../infra/history/redis-list.ts";
import type { Release } from "../../../../services/base/traffic/release.ts";
import { readTrafficTable } from "../../../../services/base/traffic/store.ts";
import { firstTable, TRAFFIC_KEY, type TrafficTable } from "../../../../services/base/traffic/table.ts";
import { containerFacts, FakeClock } from "../../../support/fake-engine.ts";
import { secretValue, stores } from "../../../support/stores.ts";

const TOKEN = "a token that only the Alertmanager has";
const WORKLOADS = ["nft", "gateway"];
const green = Object.fromEntries(WORKLOADS.map((name) => [name, { blue: 0, green: 100 }]));
const alert = { status: "firing", startsAt: "1970-01-01T00:00:01Z", labels: { alertname: "ColourErrorsWorse", action: "rollback", colour: "green", workload: "nft" }, annotations: { summary: "A colour fails more." } };

describe("the agent's automatic rollback, in front of a real Redis (R-DEP-3, R-MON-2)", () => {
  const clock = new FakeClock();
  const first = firstTable(WORKLOADS, "blue", "test", new Date(0));
  const release: Release = { id: "1", from: "blue", to: "green", state: "watching", step: 6, steps: 6, startedAt: "1970-01-01T00:00:00.000Z", watchUntil: new Date(clock.ms + 60_000).toISOString() };
  const rolledOut: TrafficTable = { ...first, version: 2, weights: green, previous: first.weights, release };
  let redis: Redis;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    const { host, port } = stores().redis;
    // A database of its own: others have tables too.
    redis = new Redis({ host, port, password: secretValue("redis"), db: 7 });
    const containers = WORKLOADS.flatMap((workload) => ["blue", "green"].map((colour) => containerFacts(`${colour}-${workload}`, { workload, colour })));
    const rollback = new AutomaticRollback({ redis, clock, log: pino({ level: "silent" }), containers: () => containers });
    server = httpServer([alertsRoute(TOKEN, async (call) => await rollback.handle(call))], () => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`;
  });
  afterAll(async () => {
    await redis.flushdb();
    redis.disconnect();
    server.close();
  });
  beforeEach(async () => {
    await redis.flushdb();
    await redis.set(TRAFFIC_KEY, JSON.stringify(rolledOut));
  });

  const post = async (body: unknown, token = TOKEN): Promise<Response> =>
    await fetch(url, { method: "POST", headers: { authorization: `Bearer ${token}` }, body: typeof body === "string" ? body : JSON.stringify(body) });

  test("puts the old colour's weights in force again, and writes down who, when and why", async () => {
    const response = await post({ alerts: [alert, alert] });
    expect(await response.json()).toMatchObject({ results: [{ done: "requests go to blue again" }, { refused: "no release is under way or under watch" }] });
    expect(await readTrafficTable(redis)).toMatchObject({
      version: 3,
      by: "agent",
      reason: "ColourErrorsWorse: nft green. A colour fails more.",
      weights: first.weights,
      release: { state: "reverted" },
    });
    expect(await readFromRedis(redis)).toMatchObject([{ kind: "rollback", by: "agent", colour: "blue", outcome: "ok", at: new Date(clock.ms).toISOString() }]);
    const metrics = await releaseMetrics(redis, clock.ms);
    expect(metrics).toContain('kind="rollback",outcome="ok",by="agent",colour="blue",version="v1"} 1000');
    expect(metrics).toContain("astra_release_watched 0");
    expect(metrics).toContain("astra_release_frozen 0");
  });

  test("freezes a release that cannot be taken back: nothing moves, and it is told", async () => {
    await redis.set(TRAFFIC_KEY, JSON.stringify({ ...rolledOut, release: { ...release, oneWay: [{ workload: "nft", migration: "0009-one-way" }] } }));
    expect(await (await post({ alerts: [alert, alert] })).json()).toMatchObject({
      results: [{ frozen: expect.stringContaining("after its migrations (nft 0009-one-way) blue cannot serve again") as string }, { refused: expect.any(String) as string }],
    });
    expect(await readTrafficTable(redis)).toMatchObject({ version: 3, by: "agent", weights: green, release: { state: "watching", frozen: "ColourErrorsWorse: nft green. A colour fails more." } });
    expect(await readFromRedis(redis)).toMatchObject([{ kind: "rollback", by: "agent", colour: "green", outcome: "frozen" }]);
    expect(await releaseMetrics(redis, clock.ms)).toContain("astra_release_frozen 1");
  });

  test("leaves a release alone whose watch period is over", async () => {
    await redis.set(TRAFFIC_KEY, JSON.stringify({ ...rolledOut, release: { ...release, watchUntil: new Date(clock.ms).toISOString() } }));
    expect(await (await post({ alerts: [alert] })).json()).toMatchObject({ results: [{ refused: "no release is under way or under watch" }] });
    expect((await readTrafficTable(redis))?.version).toBe(2);
  });

  test("listens to nobody without the token, and takes nothing but a message of bounded length", async () => {
    expect((await post({ alerts: [alert] }, "another")).status).toBe(401);
    expect((await fetch(url, { method: "POST" })).status).toBe(401);
    expect((await post("{")).status).toBe(400);
    expect((await post("x".repeat(300_000))).status).toBe(413);
    expect((await readTrafficTable(redis))?.version).toBe(2);
  });
});
