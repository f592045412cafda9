import { describe, expect, it } from "vitest";
import { currentCorrelationId } from "../../../../../services/base/correlation.ts";
import { on } from "../../../../../services/base/events/consumer-group.ts";
import { discardDeadLetter, listDeadLetters, replayDeadLetter } from "../../../../../services/base/events/dead-letters.ts";
import { EVENT_FIELD, GROUP_FIELD, streamOf } from "../../../../../services/base/events/keys.ts";
import { waitFor } from "../../../../support/wait-for.ts";
import { BusFixture, upTo } from "./bus-fixture.ts";
import { counted, recording } from "./bus-process.ts";

const fixture = BusFixture.ofFile();

describe("the event bus on real stores", () => {
  it("brings a committed event to a group of another service, with its correlation id (R-EVT-1)", async () => {
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    trading.bus.start([]);
    const seen: (string | undefined)[] = [];
    social.bus.start([
      { name: "social.seen", handlers: [on(counted, async (_tx, event) => void seen.push(currentCorrelationId(), event.producer.service))] },
    ]);
    await fixture.publish(trading, "hello", 7);
    await waitFor("the event", async () => (seen.length > 0 ? true : undefined));
    expect(seen).toEqual(["test-7", "trading"]);
  });

  it("publishes nothing of a transaction that is rolled back (R-EVT-3)", async () => {
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    trading.bus.start([]);
    social.bus.start([recording("social.rollback")]);
    await expect(
      trading.database.transaction(async (tx) => {
        await trading.bus.publisher.publish(tx, counted, { aggregateId: "rolled", data: { n: 1 } });
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    await fixture.publish(trading, "rolled", 2);
    expect(await fixture.effectsOf("social.rollback", "rolled", 1)).toEqual([2]);
  });

  it("keeps the order of each aggregate, retries included (R-EVT-3)", async () => {
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    const failures = new Map<number, number>();
    social.bus.start([
      recording("social.order", (n) => {
        const failed = failures.get(n) ?? 0;
        failures.set(n, failed + 1);
        if (n % 7 === 0 && failed < 3) throw new Error("not yet");
      }),
    ]);
    await Promise.all(["a", "b", "c"].map((aggregate) => fixture.publish(trading, aggregate, 1, 30)));
    trading.bus.start([]);
    for (const aggregate of ["a", "b", "c"]) {
      expect(await fixture.effectsOf("social.order", aggregate, 30)).toEqual(upTo(30));
    }
    expect(await fixture.metric(social, "eventbus_dead_lettered_total", { group: "social.order" })).toBe(0);
  });

  it("puts a poison event among the dead letters and goes on with the next (R-EVT-3)", async () => {
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    trading.bus.start([]);
    social.bus.start([
      recording("social.poison", (n, aggregate) => {
        if (n === 2 && aggregate === "poisoned") throw new Error("poison");
      }),
    ]);
    await fixture.publish(trading, "poisoned", 1, 3);
    expect(await fixture.effectsOf("social.poison", "poisoned", 2)).toEqual([1, 3]);
    const redis = await fixture.connect();
    const letters = (await listDeadLetters(redis)).filter(({ group }) => group === "social.poison");
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({
      stream: "events:trading", type: "trading.trade.counted", correlationId: "test-2", deliveries: 8, error: "Error: poison",
    });
    expect(JSON.parse(letters[0]?.event ?? "")).toMatchObject({ data: { n: 2 } });
    expect(await redis.xpending(streamOf("trading"), "social.poison")).toEqual([0, null, null, null]);
    expect(await fixture.metric(social, "eventbus_dead_lettered_total", { group: "social.poison" })).toBe(1);
    redis.disconnect();
  });

  it("gives a dead letter that is replayed to its own group, once (R-EVT-3)", async () => {
    let cured = false;
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    trading.bus.start([]);
    social.bus.start([
      recording("social.ill", (_n, aggregate) => {
        if (aggregate === "replayed" && !cured) throw new Error("ill");
      }),
      recording("social.well"),
    ]);
    await fixture.publish(trading, "replayed", 1);
    await fixture.untilMetric(social, "eventbus_dead_lettered_total", 1, { group: "social.ill" });
    cured = true;
    const redis = await fixture.connect();
    const letter = (await listDeadLetters(redis)).find(({ group }) => group === "social.ill");
    if (letter === undefined) throw new Error("no dead letter");
    expect(await replayDeadLetter(redis, letter)).toBeDefined();
    expect(await replayDeadLetter(redis, letter)).toBeUndefined();
    expect(await fixture.effectsOf("social.ill", "replayed", 1)).toEqual([1]);
    expect(await fixture.effects("social.well", "replayed")).toEqual([1]);
    redis.disconnect();
  });

  it("forgets a dead letter that is discarded, which takes no effect even when it is published anew (R-EVT-3)", async () => {
    let cured = false;
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    trading.bus.start([]);
    social.bus.start([
      recording("social.gives-up", (_n, aggregate) => {
        if (aggregate === "discarded" && !cured) throw new Error("ill");
      }),
      recording("social.goes-on"),
    ]);
    const kept = async (): Promise<number> =>
      (await social.database.query("SELECT 1 FROM dead_letters WHERE group_name = 'social.gives-up'")).length;
    const redis = await fixture.connect();
    const stream = streamOf("trading");
    await fixture.publish(trading, "discarded", 1);
    // No event at all can be discarded as well.
    await redis.xadd(stream, "*", EVENT_FIELD, "no event", GROUP_FIELD, "social.gives-up");
    await fixture.untilMetric(social, "eventbus_dead_lettered_total", 2, { group: "social.gives-up" });
    expect(await kept()).toBe(2);
    const letters = (await listDeadLetters(redis)).filter(({ group }) => group === "social.gives-up");
    for (const letter of letters) {
      expect(await discardDeadLetter(redis, letter, "planted")).toBeDefined();
      expect(await discardDeadLetter(redis, letter, "planted")).toBeUndefined();
    }
    await fixture.untilMetric(social, "eventbus_handled_total", 2, { group: "social.gives-up", outcome: "discarded" });
    expect(await kept()).toBe(0);
    cured = true;
    const event = letters.find(({ type }) => type !== "")?.event ?? "";
    await redis.xadd(stream, "*", EVENT_FIELD, event);
    await fixture.untilMetric(social, "eventbus_handled_total", 1, { group: "social.gives-up", outcome: "duplicate" });
    expect(await fixture.effects("social.gives-up", "discarded")).toEqual([]);
    // The other group has seen one event, and nothing of what was for the first alone.
    expect(await fixture.effectsOf("social.goes-on", "discarded", 1)).toEqual([1]);
    expect((await listDeadLetters(redis)).filter(({ group }) => group === "social.goes-on")).toEqual([]);
    redis.disconnect();
  });

  it("trims what every group has handled, and nothing that one has not read (R-EVT-3)", async () => {
    let active = false;
    const trading = fixture.process("trading", { relay: { settleEveryMs: 50, keepEntries: 0 } });
    const social = fixture.process("social", { isActive: () => active });
    const other = fixture.process("social");
    social.bus.start([recording("social.trim-slow")]);
    other.bus.start([recording("social.trim-quick")]);
    trading.bus.start([]);
    const redis = await fixture.connect();
    await waitFor("both groups", async () => ((await redis.xinfo("GROUPS", streamOf("trading"))) as unknown[]).length >= 2 ? true : undefined);
    // Groups of other tests, which nobody reads for any more.
    for (const group of (await redis.xinfo("GROUPS", streamOf("trading"))) as string[][]) {
      if (!group[1]?.startsWith("social.trim")) await redis.xgroup("DESTROY", streamOf("trading"), group[1] ?? "");
    }
    await fixture.publish(trading, "trimmed", 1, 300);
    await fixture.effectsOf("social.trim-quick", "trimmed", 300);
    expect(await redis.xlen(streamOf("trading"))).toBeGreaterThanOrEqual(300);
    active = true;
    expect(await fixture.effectsOf("social.trim-slow", "trimmed", 300)).toEqual(upTo(300));
    await waitFor("a trim", async () => ((await redis.xlen(streamOf("trading"))) < 200 ? true : undefined));
    expect(await fixture.metric(trading, "eventbus_republished_total")).toBe(0);
    redis.disconnect();
  });

  it("buries what is no event or breaks its schema at once, and ignores unknown types and fields (R-EVT-1)", async () => {
    const redis = await fixture.connect();
    const social = fixture.process("social");
    social.bus.start([recording("social.strange")]);
    const envelope = (over: Record<string, unknown>): string =>
      JSON.stringify({
        id: "0190aaaa-0000-7000-8000-000000000001", type: counted.type, version: 1, aggregateId: "strange", occurredAt: "2026-01-01T00:00:00.000Z",
        correlationId: "strange-1", producer: { service: "trading", colour: "blue", version: "1" }, data: { n: 1 }, ...over,
      });
    for (const text of [
      "no json",
      envelope({ data: { n: "one" } }),
      envelope({ version: 9 }),
      envelope({ type: "trading.unheard.of" }),
      envelope({ id: "0190aaaa-0000-7000-8000-000000000002", extra: true, data: { n: 5, more: "fields" } }),
    ]) {
      await redis.xadd(streamOf("trading"), "*", EVENT_FIELD, text);
    }
    expect(await fixture.effectsOf("social.strange", "strange", 1)).toEqual([5]);
    await fixture.untilMetric(social, "eventbus_dead_lettered_total", 3, { group: "social.strange" });
    redis.disconnect();
  });

  it("reads nothing new while its colour has no weight, and misses nothing of that time (R-DEP-2)", async () => {
    let active = false;
    const trading = fixture.process("trading");
    const social = fixture.process("social", { isActive: () => active });
    const other = fixture.process("social");
    social.bus.start([recording("social.standby")]);
    other.bus.start([recording("social.witness")]);
    trading.bus.start([]);
    await fixture.publish(trading, "standby", 1, 5);
    await fixture.effectsOf("social.witness", "standby", 5);
    expect(await fixture.effects("social.standby", "standby")).toEqual([]);
    active = true;
    expect(await fixture.effectsOf("social.standby", "standby", 5)).toEqual(upTo(5));
  });

  it("has one active relay for a domain, and another takes over when it ends (R-EVT-3)", async () => {
    const first = fixture.process("trading");
    first.bus.start([]);
    await fixture.untilMetric(first, "eventbus_relay_active", 1);
    const second = fixture.process("trading");
    second.bus.start([]);
    const social = fixture.process("social");
    social.bus.start([recording("social.relays")]);
    await fixture.publish(second, "relays", 1, 20);
    await fixture.effectsOf("social.relays", "relays", 20);
    expect(await fixture.metric(second, "eventbus_relay_active")).toBe(0);
    await first.stop();
    await fixture.untilMetric(second, "eventbus_relay_active", 1);
    await fixture.publish(second, "relays", 21, 30);
    expect(await fixture.effectsOf("social.relays", "relays", 30)).toEqual(upTo(30));
  });
});
