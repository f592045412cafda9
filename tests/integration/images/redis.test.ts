import { Redis } from "ioredis";
import { afterEach, describe, expect, it } from "vitest";
import { dockerOrFail } from "../../../infra/host/docker.ts";
import { stopContainer } from "../../support/docker.ts";
import { untilHealthy } from "../../support/store-containers.ts";
import { createTestRedis, type TestRedis } from "../../support/stores.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function connected(redis: TestRedis): Promise<Redis> {
  const client = new Redis({ host: redis.host, port: redis.port, password: redis.password, retryStrategy: () => null });
  // The test ends its server on purpose: calls that matter are awaited and fail by themselves.
  client.on("error", () => undefined);
  await client.ping();
  cleanUp.push(async () => { client.disconnect(); await Promise.resolve(); });
  return client;
}

describe("the redis image", () => {
  it("keeps every write that its file has confirmed over kill -9, and stops with exit code 0", async () => {
    const redis = await createTestRedis();
    cleanUp.push(() => redis.remove());
    const before = await connected(redis);
    const written = await Promise.all(
      Array.from({ length: 500 }, (_, n) => before.xadd("events:test", "*", "n", String(n))),
    );
    // An acknowledgement alone is no promise with `everysec`: see redis.conf.
    expect(await before.call("WAITAOF", 1, 0, 20_000)).toEqual([1, 0]);
    await dockerOrFail(["kill", "--signal=KILL", redis.id]);
    await dockerOrFail(["start", redis.id]);
    await untilHealthy(redis.id, ["redis-health"]);
    const after = await connected(redis);
    const kept = await after.xrange("events:test", "-", "+");
    expect(kept.map(([id]) => id)).toEqual(written);
    expect(await stopContainer(redis.id)).toBe(0);
  });

  it("refuses strangers, and shows its password in no argument list, environment or log", async () => {
    const redis = await createTestRedis();
    cleanUp.push(() => redis.remove());
    const stranger = new Redis({ host: redis.host, port: redis.port, lazyConnect: true, retryStrategy: () => null });
    stranger.on("error", () => undefined);
    await expect(stranger.set("a", "b")).rejects.toThrow("NOAUTH");
    stranger.disconnect();
    const shown = [
      await dockerOrFail(["exec", redis.id, "cat", "/proc/1/cmdline", "/proc/1/environ"]),
      await dockerOrFail(["inspect", redis.id]),
      await dockerOrFail(["logs", redis.id]),
    ];
    for (const text of shown) expect(text).not.toContain(redis.password);
  });

  it("refuses writes when it is full instead of losing what it holds", async () => {
    const redis = await createTestRedis();
    cleanUp.push(() => redis.remove());
    const client = await connected(redis);
    await client.set("kept", "yes");
    const [, limit] = (await client.config("GET", "maxmemory")) as string[];
    expect(Number(limit)).toBe(Math.floor(512 * 1024 * 1024 * 0.7));
    await client.config("SET", "maxmemory", "100kb");
    await expect(client.set("more", "x")).rejects.toThrow("OOM");
    expect(await client.get("kept")).toBe("yes");
  });
});
