import { execFile } from "node:child_process";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { dockerOrFail } from "../../../../../infra/host/docker.ts";
import { waitFor } from "../../../../support/wait-for.ts";
import { BusFixture, upTo } from "./bus-fixture.ts";
import { recording, type TestProcess } from "./bus-process.ts";

const fixture = BusFixture.ofFile();

/** Publishes 1 to `last`, each again and again until its commit is acknowledged; `at` runs before a number's turn. */
async function publishStubbornly(
  publisher: TestProcess,
  aggregate: string,
  last: number,
  at: Readonly<Record<number, () => Promise<unknown>>>,
): Promise<number[]> {
  const acknowledged: number[] = [];
  for (const n of upTo(last)) {
    await at[n]?.();
    try {
      await fixture.publish(publisher, aggregate, n);
      acknowledged.push(n);
    } catch {
      // Not acknowledged: it may or may not have happened, and nothing was promised.
    }
  }
  return acknowledged;
}

/** Waits until every one of `numbers` took effect, then fails if any did so twice. */
async function expectExactlyOnce(group: string, aggregate: string, numbers: readonly number[]): Promise<void> {
  const found = await waitFor(`all effects of ${group}`, async () => {
    const effects = await fixture.effects(group, aggregate);
    return numbers.every((n) => effects.includes(n)) ? effects : undefined;
  });
  expect(found.length).toBe(new Set(found).size);
}

describe("no event is lost and none is applied twice (R-EVT-3)", () => {
  it("when a consumer is killed between its commit and its acknowledgement", async () => {
    const group = "social.killed";
    const trading = fixture.process("trading");
    trading.bus.start([]);
    await fixture.publish(trading, "killed", 1, 50);
    const script = join(import.meta.dirname, "dying-consumer.ts");
    const argument = JSON.stringify({ postgres: fixture.postgresSettings("social"), redis: fixture.redisSettings(), group });
    const signal = await new Promise((resolve) => {
      execFile(process.execPath, [script, argument], (error) => { resolve(error?.signal); });
    });
    expect(signal).toBe("SIGKILL");
    const before = await fixture.effects(group, "killed");
    expect(before.length).toBeGreaterThan(0);
    const heir = fixture.process("social");
    heir.bus.start([recording(group)]);
    expect(await fixture.effectsOf(group, "killed", 50)).toEqual(upTo(50));
    await fixture.publish(trading, "killed", 51);
    await fixture.effectsOf(group, "killed", 51);
    await waitFor("taken over entries", async () =>
      (await fixture.metric(heir, "eventbus_handled_total", { group, outcome: "duplicate" })) >= before.length ? true : undefined,
    );
    expect(await fixture.effects(group, "killed")).toEqual(upTo(51));
  });

  it("when Redis is emptied while a group is behind", async () => {
    const trading = fixture.process("trading");
    const quick = fixture.process("social");
    const slow = fixture.process("social", { isActive: () => false });
    trading.bus.start([]);
    quick.bus.start([recording("social.quick")]);
    slow.bus.start([recording("social.slow")]);
    await fixture.publish(trading, "emptied", 1, 20);
    await fixture.effectsOf("social.quick", "emptied", 20);
    const redis = await fixture.connect();
    await redis.flushall();
    redis.disconnect();
    await slow.stop();
    await fixture.publish(trading, "emptied", 21, 22);
    const late = fixture.process("social");
    late.bus.start([recording("social.slow")]);
    for (const group of ["social.quick", "social.slow"]) await expectExactlyOnce(group, "emptied", upTo(22));
    expect(await fixture.effects("social.slow", "emptied")).toEqual(upTo(22));
    expect(await fixture.metric(trading, "eventbus_republished_total")).toBeGreaterThanOrEqual(20);
  });

  it("when Redis stands still for a while", async () => {
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    trading.bus.start([]);
    social.bus.start([recording("social.paused")]);
    const acknowledged = await publishStubbornly(trading, "paused", 60, {
      20: () => dockerOrFail(["pause", fixture.redis.id]),
      40: async () => {
        await fixture.untilMetric(trading, "eventbus_relay_active", 0);
        await dockerOrFail(["unpause", fixture.redis.id]);
      },
    });
    expect(acknowledged).toEqual(upTo(60));
    await expectExactlyOnce("social.paused", "paused", acknowledged);
  });

  it("when Redis is killed and comes back", async () => {
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    trading.bus.start([]);
    social.bus.start([recording("social.redis-killed")]);
    const acknowledged = await publishStubbornly(trading, "redis-killed", 60, {
      20: () => dockerOrFail(["kill", fixture.redis.id]),
      40: () => dockerOrFail(["start", fixture.redis.id]),
    });
    expect(acknowledged).toEqual(upTo(60));
    await expectExactlyOnce("social.redis-killed", "redis-killed", acknowledged);
  });

  it("when every database session is cut, again and again", async () => {
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    trading.bus.start([]);
    social.bus.start([recording("social.cut")]);
    const admin = new pg.Client(fixture.stores.connectionOf("astra_admin"));
    await admin.connect();
    const cut = (): Promise<unknown> =>
      admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    const acknowledged = await publishStubbornly(trading, "cut", 80, { 20: cut, 40: cut, 60: cut });
    expect(acknowledged.length).toBeGreaterThan(40);
    await expectExactlyOnce("social.cut", "cut", acknowledged);
    expect(await fixture.metric(social, "eventbus_dead_lettered_total", { group: "social.cut" })).toBe(0);
    await admin.end();
  });
});
