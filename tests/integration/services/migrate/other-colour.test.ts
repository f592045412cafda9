import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RedisSettings } from "../../../../services/base/config.ts";
import { REGISTRY_KEY } from "../../../../services/base/registry/instance.ts";
import { firstTable, TRAFFIC_KEY } from "../../../../services/base/traffic/table.ts";
import { lifeInRegistry } from "../../../../services/migrate/other-colour.ts";
import { createTestRedis, type TestRedis } from "../../../support/stores.ts";

let server: TestRedis;
let redis: Redis;
let settings: RedisSettings;

beforeAll(async () => {
  server = await createTestRedis();
  settings = { host: server.host, port: server.port, password: server.password };
  redis = new Redis(settings);
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});
beforeEach(async () => {
  await redis.flushall();
});

async function beat(instance: string, colour: string, ageMs: number): Promise<void> {
  const heartbeatAt = Number((await redis.time())[0]) * 1000 - ageMs;
  const entry = { service: "nft", instance, address: "10.0.0.1", port: 8005, colour, version: "1", state: "up", weight: 100, startedAt: "", heartbeatAt };
  await redis.hset(REGISTRY_KEY, instance, JSON.stringify(entry));
}

const lifeOfBlue = async (): Promise<string | undefined> => await lifeInRegistry(settings, 1)("blue");

describe("whether the other colour runs (R-DEP-2)", () => {
  it("is said by its instances in the registry, as long as their hearts beat", async () => {
    await beat("green-nft-1", "green", 0);
    await beat("blue-nft-1", "blue", 60_000);
    expect(await lifeOfBlue()).toBeUndefined();
    await beat("blue-user-1", "blue", 0);
    expect(await lifeOfBlue()).toBe("still runs (blue-user-1)");
  });

  it("is said by the traffic table too: a colour that has requests comes back", async () => {
    await redis.set(TRAFFIC_KEY, JSON.stringify(firstTable(["nft", "gateway"], "blue", "test", new Date(0))));
    expect(await lifeOfBlue()).toBe("the traffic table still gives it requests (nft, gateway)");
    await redis.set(TRAFFIC_KEY, JSON.stringify(firstTable(["nft", "gateway"], "green", "test", new Date(0))));
    expect(await lifeOfBlue()).toBeUndefined();
  });

  it("is seen at the second look, when Redis had just lost the registry at the first", async () => {
    const asked = lifeInRegistry(settings, 1_000)("blue");
    await beat("blue-nft-1", "blue", 0);
    expect(await asked).toBe("still runs (blue-nft-1)");
  });

  it("is not known without Redis, and then counts as running", async () => {
    expect(await lifeInRegistry({ host: "127.0.0.1", port: 1 }, 1)("blue")).toMatch(/^nobody can tell whether it runs: Redis at 127\.0\.0\.1:1 does not answer/);
  });
});
