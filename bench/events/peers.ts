import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Queue, Worker } from "bullmq";
import { pino } from "pino";
import type { RedisSettings } from "../../services/base/config.ts";
import { createRedis } from "../../services/base/redis/connection.ts";
import { waitFor } from "../../tests/support/wait-for.ts";
import { mixedEvent } from "./mix.ts";

const run = promisify(execFile);

/** XADDs a second of `redis-benchmark`: one entry of an event's size for each command, 50 connections. @returns absent where it is not installed */
export async function redisBenchmark({ host, port, password }: RedisSettings): Promise<number | undefined> {
  const payload = JSON.stringify(mixedEvent(0).envelope);
  try {
    const { stdout } = await run("redis-benchmark", [
      "-h", host, "-p", String(port), ...(password === undefined ? [] : ["-a", password]), "-c", "50", "-n", "200000", "--csv", "XADD", "bench:limit", "MAXLEN", "~", "10000", "*", "event", payload,
    ]);
    // Name of the test first, and it holds the payload: the rate is the first of the cells behind it.
    const cells = (stdout.trim().split("\n").at(-1) ?? "").split('","').slice(-7);
    return Number(cells[0]);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Takes away what was measured before, and its part of the append-only file: else Redis writes that anew while something else is measured. */
export async function emptyRedis(settings: RedisSettings): Promise<void> {
  const redis = createRedis(settings, { name: "bench-empty", commandTimeoutMs: 10_000 }, pino({ level: "error" }));
  try {
    await waitFor("redis", () => redis.ping());
    await redis.flushall();
    await redis.bgrewriteaof().catch(() => undefined);
    await waitFor("the append-only file to be written anew", async () => (/aof_rewrite_(in_progress|scheduled):1/.test(await redis.info("persistence")) ? undefined : true));
  } finally {
    redis.disconnect();
  }
}

/** Jobs a second that BullMQ adds in bulk and works off, with one worker that does nothing, in this process. One job is one delivery. */
export async function bullmq({ host, port, password }: RedisSettings, jobs: number): Promise<{ readonly jobsPerSecond: number }> {
  const connection = { host, port, ...(password === undefined ? {} : { password }) };
  const queue = new Queue("bench", { connection });
  await queue.waitUntilReady();
  let done = 0;
  const startMs = performance.now();
  const finished = Promise.withResolvers<undefined>();
  const worker = new Worker("bench", () => {
    done += 1;
    if (done === jobs) finished.resolve(undefined);
    return Promise.resolve();
  }, { connection, concurrency: 200, removeOnComplete: { count: 0 } });
  for (let n = 0; n < jobs; n += 500) {
    await queue.addBulk(Array.from({ length: Math.min(500, jobs - n) }, (_, index) => ({ name: "event", data: mixedEvent(n + index).envelope })));
  }
  await finished.promise;
  const seconds = (performance.now() - startMs) / 1000;
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  return { jobsPerSecond: jobs / seconds };
}
