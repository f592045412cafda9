import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { onMany, type ConsumerGroup } from "../../../../../services/base/events/consumer-group.ts";
import { listDeadLetters, replayDeadLetter } from "../../../../../services/base/events/dead-letters.ts";
import { DEAD_LETTERS, EVENT_FIELD, streamOf } from "../../../../../services/base/events/keys.ts";
import { waitFor } from "../../../../support/wait-for.ts";
import { BusFixture, upTo } from "./bus-fixture.ts";
import { counted, recording } from "./bus-process.ts";

const fixture = BusFixture.ofFile();

/** A group that handles its events many at a time, and notes how many each time. */
function recordingMany(name: string, sizes: number[], isPoison: (n: number) => boolean): ConsumerGroup {
  return {
    name,
    handlers: onMany([counted], async (tx, events) => {
      sizes.push(events.length);
      if (events.some(({ data }) => isPoison(data.n))) throw new Error("poison");
      await tx.query(
        "INSERT INTO effects (group_name, aggregate, n, correlation) SELECT $1, aggregate, n, '' FROM unnest($2::text[], $3::integer[]) AS e (aggregate, n)",
        [name, events.map(({ aggregateId }) => aggregateId), events.map(({ data }) => data.n)],
      );
    }),
  };
}

describe("a batch with a poison event (R-EVT-3)", () => {
  it("is halved until that one is alone: all others take effect once, and it becomes the only dead letter", async () => {
    const group = "social.halved";
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    const sizes: number[] = [];
    // Each of an aggregate of its own: none has to wait for the one that fails.
    for (const n of upTo(64)) await fixture.publish(trading, `halved-${n}`, n);
    trading.bus.start([]);
    const redis = await fixture.connect();
    await waitFor("all events in the stream", async () => ((await redis.xlen(streamOf("trading"))) >= 64 ? true : undefined));
    social.bus.start([recordingMany(group, sizes, (n) => n === 37)]);
    const client = social.database;
    const effects = await waitFor("the effects of the others", async () => {
      const rows = await client.query<{ n: number }>("SELECT n FROM effects WHERE group_name = $1 ORDER BY n", [group]);
      return rows.length >= 63 ? rows.map(({ n }) => n) : undefined;
    });
    expect(effects).toEqual(upTo(64).filter((n) => n !== 37));
    await fixture.untilMetric(social, "eventbus_dead_lettered_total", 1, { group });
    const letters = (await listDeadLetters(redis)).filter((letter) => letter.group === group);
    expect(letters.map(({ event }) => (JSON.parse(event) as { data: { n: number } }).data.n)).toEqual([37]);
    // Halves, and not one transaction for each of the 64.
    expect(Math.max(...sizes)).toBeGreaterThan(8);
    redis.disconnect();
  });

  it("keeps the order of each aggregate in all its lanes", async () => {
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    const failed = new Set<number>();
    const group = {
      ...recording("social.lanes", (n) => {
        if (n % 9 !== 0 || failed.has(n)) return;
        failed.add(n);
        throw new Error("not yet");
      }),
      lanes: 4,
    };
    const aggregates = ["la", "lb", "lc", "ld", "le", "lf"];
    await Promise.all(aggregates.map((aggregate) => fixture.publish(trading, aggregate, 1, 30)));
    trading.bus.start([]);
    social.bus.start([group]);
    for (const aggregate of aggregates) expect([aggregate, await fixture.effectsOf("social.lanes", aggregate, 30)]).toEqual([aggregate, upTo(30)]);
  });
});

describe("dead letters (R-EVT-3)", () => {
  it("are put back from PostgreSQL when Redis has lost them, counted there, and forgotten once a replay took effect", async () => {
    const group = "social.kept";
    let cured = false;
    const trading = fixture.process("trading");
    const ill = recording(group, (_n, aggregate) => {
      if (aggregate === "kept" && !cured) throw new Error("ill");
    });
    const social = fixture.process("social");
    trading.bus.start([]);
    social.bus.start([ill]);
    await fixture.publish(trading, "kept", 1);
    await fixture.untilMetric(social, "eventbus_dead_lettered_total", 1, { group });
    await social.stop();
    const redis = await fixture.connect();
    await redis.del(DEAD_LETTERS);

    cured = true;
    const next = fixture.process("social");
    next.bus.start([ill]);
    await fixture.untilMetric(next, "eventbus_dead_letters", 1, { group });
    const letter = await waitFor("the letter", async () => (await listDeadLetters(redis)).find((one) => one.group === group));
    expect(await replayDeadLetter(redis, letter)).toBeDefined();
    expect(await fixture.effectsOf(group, "kept", 1)).toEqual([1]);
    expect(await next.database.query("SELECT FROM dead_letters WHERE group_name = $1", [group])).toEqual([]);
    redis.disconnect();
  });

  it("of what is no event are one letter, however often they are replayed", async () => {
    const group = "social.garbage";
    const redis = await fixture.connect();
    const social = fixture.process("social");
    social.bus.start([recording(group)]);
    await waitFor("a reader", async () => ((await fixture.metric(social, "eventbus_group_reading", { group })) === 1 ? true : undefined));
    await redis.xadd(streamOf("trading"), "*", EVENT_FIELD, "no json");
    for (const replays of [1, 2, 3]) {
      await fixture.untilMetric(social, "eventbus_dead_lettered_total", replays, { group });
      const letters = await waitFor("the letter", async () => {
        const found = (await listDeadLetters(redis)).filter((one) => one.group === group);
        return found.length > 0 ? found : undefined;
      });
      expect(letters).toHaveLength(1);
      expect(await social.database.query("SELECT FROM dead_letters WHERE group_name = $1", [group])).toHaveLength(1);
      if (letters[0]) await replayDeadLetter(redis, letters[0]);
    }
    redis.disconnect();
  });

  it("of a group that this release does not have are no alert, but the group is counted as retired", async () => {
    const trading = fixture.process("trading");
    const redis = await fixture.connect();
    await redis.xgroup("CREATE", streamOf("trading"), "social.long-gone", "0-0", "MKSTREAM");
    trading.bus.start([]);
    await fixture.publish(trading, "retired", 1);
    // The relay notes who reads; the next look of a process that starts then finds it.
    await waitFor("the relay's note", async () => {
      const rows = await trading.database.query<{ groups: string[] }>("SELECT groups FROM event_stream");
      return rows.some(({ groups }) => groups.includes("social.long-gone")) ? true : undefined;
    });
    const later = fixture.process("trading");
    later.bus.start([]);
    await waitFor("the count", async () => ((await fixture.metric(later, "eventbus_retired_groups")) > 0 ? true : undefined));
    await redis.xgroup("DESTROY", streamOf("trading"), "social.long-gone");
    redis.disconnect();
  });
});

describe("a batch that takes longer than its reader's lease (R-EVT-3)", () => {
  it("is acknowledged before what others may have left is taken over, and not done again", async () => {
    const group = "social.slow";
    const trading = fixture.process("trading");
    const social = fixture.process("social");
    const redis = await fixture.connect();
    const stream = streamOf("trading");
    const before = await redis.xlen(stream);
    await fixture.publish(trading, "slow", 1, 20);
    trading.bus.start([]);
    await waitFor("all events in the stream", async () => ((await redis.xlen(stream)) >= before + 20 ? true : undefined));
    // The lease of the fixture's processes is 500 ms.
    social.bus.start([recording(group, async (n, aggregate) => await sleep(aggregate === "slow" && n === 1 ? 1_200 : 0))]);
    expect(await fixture.effectsOf(group, "slow", 20)).toEqual(upTo(20));
    await fixture.publish(trading, "slow", 21);
    expect(await fixture.effectsOf(group, "slow", 21)).toEqual(upTo(21));
    expect(await fixture.metric(social, "eventbus_handled_total", { group, outcome: "duplicate" })).toBe(0);
    redis.disconnect();
  });
});
