import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { dockerOrFail } from "../../infra/host/docker.ts";
import { waitFor } from "../support/wait-for.ts";
import type { LossPlatform } from "./platform.ts";
import type { SeededRandom } from "../../infra/simulate/random.ts";

/** Something that goes wrong, and is over when the promise resolves. */
export interface Fault {
  readonly name: string;
  run(platform: LossPlatform, random: SeededRandom): Promise<void>;
}

/** Longest time until a store that was killed serves again. */
const STORE_BACK_MS = 120_000;

const service = (platform: LossPlatform, random: SeededRandom) => random.pick(platform.services);

async function paused(id: string, ms: number): Promise<void> {
  // On a busy machine the engine may fail to freeze a process that runs, and to thaw one.
  await waitFor("a pause", () => dockerOrFail(["pause", id]));
  await delay(ms);
  await waitFor("the end of a pause", () => dockerOrFail(["unpause", id]));
}

/** All that may happen. The relay is in the services' processes: it dies and stands still with them, and loses its lock with its session. */
export const faults: readonly [Fault, ...Fault[]] = [
  {
    name: "a service is killed",
    run: async (platform, random) => {
      const victim = service(platform, random);
      await victim.kill();
      await delay(random.between(0, 500));
      victim.start();
    },
  },
  {
    name: "a service stands still",
    run: async (platform, random) => {
      const victim = service(platform, random);
      victim.pause();
      await delay(random.between(200, 2_000));
      victim.resume();
    },
  },
  { name: "Redis stands still", run: (platform, random) => paused(platform.redis.id, random.between(200, 2_500)) },
  { name: "PostgreSQL stands still", run: (platform, random) => paused(platform.postgres.id, random.between(200, 2_500)) },
  {
    name: "Redis is killed",
    run: async (platform, random) => {
      await dockerOrFail(["kill", platform.redis.id]);
      await delay(random.between(0, 1_000));
      await dockerOrFail(["start", platform.redis.id]);
    },
  },
  {
    name: "PostgreSQL is killed",
    run: async (platform, random) => {
      await dockerOrFail(["kill", platform.postgres.id]);
      await delay(random.between(0, 1_000));
      await dockerOrFail(["start", platform.postgres.id]);
    },
  },
  {
    name: "all database sessions are cut",
    run: async (platform) => {
      const cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
      // It may have been killed a moment ago.
      await waitFor("cut sessions", () => platform.query("astra_admin", (admin) => admin.query(cut)), STORE_BACK_MS);
    },
  },
  {
    name: "all connections to Redis are cut",
    run: (platform) => withRedis(platform, async (redis) => void (await redis.call("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "yes"))),
  },
  { name: "Redis is wiped", run: (platform) => withRedis(platform, async (redis) => void (await redis.flushall())) },
];

async function withRedis(platform: LossPlatform, work: (redis: Redis) => Promise<void>): Promise<void> {
  const { host, port } = platform.redis;
  const redis = new Redis({ host, port, password: platform.secret("redis"), lazyConnect: true, retryStrategy: () => null });
  redis.on("error", () => undefined);
  try {
    // It may have been killed a moment ago.
    await waitFor("redis", async () => {
      if (redis.status !== "ready") await redis.connect();
      return true;
    }, STORE_BACK_MS);
    await work(redis);
  } finally {
    redis.disconnect();
  }
}
