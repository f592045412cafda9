import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { dockerOrFail } from "../../../../infra/host/docker.ts";
import { systemClock } from "../../../../services/base/clock.ts";
import { listenToChannels } from "../../../../services/base/redis/channels.ts";
import { closeRedis, createRedis, untilConnected } from "../../../../services/base/redis/connection.ts";
import type { Limit } from "../../../../services/gateway/limits/limit.ts";
import { Limiter } from "../../../../services/gateway/limits/limiter.ts";
import { RECALL_CHANNEL } from "../../../../services/gateway/limits/shared-windows.ts";
import { createTestRedis, type TestRedis } from "../../../support/stores.ts";
import { waitFor } from "../../../support/wait-for.ts";

const log = pino({ level: "silent" });
/** A machine under load must not turn a test of the shared count into one of the local count. */
const PATIENT_MS = 10_000;

let server: TestRedis;
let admin: Redis;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await createTestRedis();
  admin = new Redis({ host: server.host, port: server.port, password: server.password });
  // One test kills the server; the client comes back by itself.
  admin.on("error", () => undefined);
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await admin.flushall();
});
afterAll(async () => {
  admin.disconnect();
  await server.remove();
});

/** The limiter of one gateway, with connections of its own. */
async function gateway(deadlineMs = PATIENT_MS): Promise<Limiter> {
  const { host, port, password } = server;
  const redis = createRedis({ host, port, password }, { name: "limiter" }, log);
  const channels = createRedis({ host, port, password }, { name: "recalls" }, log);
  await Promise.all([untilConnected(redis, PATIENT_MS), untilConnected(channels, PATIENT_MS)]);
  const limiter = new Limiter({ redis, clock: systemClock, deadlineMs });
  listenToChannels(channels, { [RECALL_CHANNEL]: (key) => limiter.recall(key) });
  await waitFor("the subscription", async () => (((await admin.pubsub("NUMSUB", RECALL_CHANNEL)) as [string, number])[1] > closers.length ? true : undefined));
  closers.push(async () => {
    await limiter.stop();
    closeRedis(redis);
    closeRedis(channels);
  });
  return limiter;
}

const limit = (key: string, max: number): Limit => ({ scope: key.startsWith("service:") ? "service" : "user", key, max });

/** Sends so many requests one after another; how many passed. */
async function passes(limiter: Limiter, requests: number, limits: readonly Limit[]): Promise<number> {
  let passed = 0;
  for (let count = 0; count < requests; count += 1) if ((await limiter.hit(limits)).refusedBy === undefined) passed += 1;
  return passed;
}

describe("two gateways with a limit of 100 (R-GW-5)", () => {
  const LIMITS = [limit("user:7", 100)];

  it.each([
    [[200, 0]],
    [[100, 100]],
    [[1, 199]],
    [[60, 140]],
    [[99, 101]],
  ])("let exactly 100 pass of %j that come at the same time", async ([first = 0, second = 0]) => {
    const [a, b] = [await gateway(), await gateway()];
    const answers = await Promise.all([...Array.from({ length: first }, () => a.hit(LIMITS)), ...Array.from({ length: second }, () => b.hit(LIMITS))]);
    expect(answers.filter((answer) => answer.refusedBy === undefined)).toHaveLength(100);
    expect(answers.every((answer) => answer.source === "shared")).toBe(true);
  });

  it("let exactly 100 pass where one made itself ready for many and the other one needs them", async () => {
    const [a, b] = [await gateway(), await gateway()];
    const early = await passes(a, 30, LIMITS);
    const late = await passes(b, 100, LIMITS);
    expect([early, late]).toEqual([30, 70]);
    expect(await passes(a, 5, LIMITS)).toBe(0);
  });

  it("let exactly 100 pass when they take turns", async () => {
    const [a, b] = [await gateway(), await gateway()];
    let passed = 0;
    for (let round = 0; round < 30; round += 1) passed += (await passes(a, 3, LIMITS)) + (await passes(b, 5, LIMITS));
    expect(passed).toBe(100);
  });

  it("count a request under all of its limits or under none", async () => {
    const [a, b] = [await gateway(), await gateway()];
    const service = limit("service:nft", 100);
    const both = await Promise.all([passes(a, 40, [limit("user:1", 10), service]), passes(b, 40, [limit("user:1", 10), service])]);
    expect(both[0] + both[1]).toBe(10);
    expect((await passes(a, 100, [limit("user:2", 200), service])) + (await passes(b, 100, [limit("user:3", 200), service]))).toBe(90);
  });

  it("lend nothing that stays lost when one of them dies", async () => {
    const [a, b] = [await gateway(), await gateway(400)];
    const early = await passes(a, 30, LIMITS);
    // It will never give back: nobody listens for it any more.
    a.recall = () => undefined;
    const late = await passes(b, 200, LIMITS);
    expect(early + late).toBeLessThanOrEqual(100);
    expect(early + late).toBeGreaterThan(80);
  });

  it("say how much is left of it", async () => {
    const a = await gateway();
    await passes(a, 40, LIMITS);
    const { told } = await a.hit(LIMITS);
    expect(told).toMatchObject({ count: 41 });
    expect(told.resetMs).toBeGreaterThan(0);
    expect(told.resetMs).toBeLessThanOrEqual(60_000);
  });
});

describe("a Redis that fails (R-GW-5)", () => {
  it("and is paused costs nobody an error, and each gateway lets no more than the limit pass", async () => {
    const [a, b] = [await gateway(500), await gateway(500)];
    const limits = [limit("user:paused", 40)];
    const before = (await passes(a, 10, limits)) + (await passes(b, 10, limits));
    await dockerOrFail(["pause", server.id]);
    try {
      const during = [10 + (await passes(a, 60, limits)), 10 + (await passes(b, 60, limits))];
      expect(a.isLocal && b.isLocal).toBe(true);
      expect(before).toBe(20);
      for (const one of during) expect(one).toBeLessThanOrEqual(40);
      expect((during[0] ?? 0) + (during[1] ?? 0)).toBeGreaterThanOrEqual(40);
    } finally {
      await dockerOrFail(["unpause", server.id]);
    }
    await waitFor("Redis to be asked again", () => Promise.resolve(a.isLocal || b.isLocal ? undefined : true));
    expect(await passes(a, 10, limits)).toBe(0);
  });

  it("and lost everything does not start the count of an open window again", async () => {
    const [a, b] = [await gateway(), await gateway()];
    const limits = [limit("user:lost", 50)];
    expect((await passes(a, 20, limits)) + (await passes(b, 20, limits))).toBe(40);
    await admin.flushall();
    const after = (await passes(a, 1, limits)) + (await passes(b, 1, limits)) + (await passes(a, 30, limits)) + (await passes(b, 30, limits));
    expect(after).toBe(10);
  });

  it("and is told of what passed without it", async () => {
    const [a, b] = [await gateway(500), await gateway()];
    const limits = [limit("user:told", 30)];
    await dockerOrFail(["pause", server.id]);
    expect(await passes(a, 20, limits)).toBe(20);
    await dockerOrFail(["unpause", server.id]);
    await waitFor("Redis to be asked again", () => Promise.resolve(a.isLocal ? undefined : true));
    expect(await passes(a, 1, limits)).toBe(1);
    expect(await passes(b, 30, limits)).toBe(9);
  });

  it("and is killed leaves the limit in force, and one that starts again takes over the count", async () => {
    const a = await gateway(500);
    const limits = [limit("user:killed", 30)];
    expect(await passes(a, 10, limits)).toBe(10);
    await dockerOrFail(["kill", server.id]);
    expect(await passes(a, 15, limits)).toBe(15);
    await dockerOrFail(["start", server.id]);
    await waitFor("Redis to be asked again", () => Promise.resolve(a.isLocal ? undefined : true));
    expect(await passes(a, 10, limits)).toBe(5);
    await waitFor("the connection of the test", async () => (await admin.ping()) === "PONG" || undefined);
  });
});
