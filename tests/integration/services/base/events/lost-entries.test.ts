import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GroupStreams } from "../../../../../services/base/events/group-streams.ts";
import { createTestRedis, type TestRedis } from "../../../../support/stores.ts";

let store: TestRedis;
let redis: Redis;

beforeAll(async () => {
  store = await createTestRedis();
  redis = new Redis({ host: store.host, port: store.port, password: store.password });
}, 120_000);
afterAll(async () => {
  redis.disconnect();
  await store.remove();
});

describe("entries that Redis has lost (R-EVT-3)", () => {
  it("are acknowledged and no dead letters: what is pending has its event gone, and the relay sends that again", async () => {
    const streams = new GroupStreams(redis, "social.lost", "one", ["events:trading"]);
    await streams.create();
    const [lost, kept] = [await redis.xadd("events:trading", "*", "event", "lost"), await redis.xadd("events:trading", "*", "event", "kept")];
    expect(await streams.readNew(10, 1)).toHaveLength(2);
    await redis.xdel("events:trading", lost ?? "");
    expect((await streams.readOwnPending()).map(({ id, text }) => [id, text])).toEqual([[kept, "kept"]]);
    await streams.flush();
    expect(await redis.xpending("events:trading", "social.lost")).toEqual([1, kept, kept, [["one", "1"]]]);
  });

  it("stay pending after an error, and what is done is acknowledged with the next read", async () => {
    const streams = new GroupStreams(redis, "social.done", "one", ["events:done"]);
    await streams.create();
    await redis.xadd("events:done", "*", "event", "first");
    const read = await streams.readNew(10, 1);
    streams.acknowledge(read);
    streams.forget();
    await streams.readNew(10, 1);
    expect(await redis.xpending("events:done", "social.done")).toEqual([1, read[0]?.id, read[0]?.id, [["one", "1"]]]);
    streams.acknowledge(read);
    await streams.readNew(10, 1);
    expect(await redis.xpending("events:done", "social.done")).toEqual([0, null, null, null]);
  });
});
