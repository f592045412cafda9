import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { on, type ConsumerGroup } from "../../../../../services/base/events/consumer-group.ts";
import { defineEvent } from "../../../../../services/base/events/define.ts";
import { EVENT_FIELD, streamOf } from "../../../../../services/base/events/keys.ts";
import { waitFor } from "../../../../support/wait-for.ts";
import { BusFixture, upTo } from "./bus-fixture.ts";
import { counted, recording, type TestProcess } from "./bus-process.ts";

const fixture = BusFixture.ofFile();

type Colour = "blue" | "green";
const COLOURS: readonly Colour[] = ["blue", "green"];
/** As a rollout, a rollback and a rollout again would have it: who has weight. */
const COURSE: readonly (readonly Colour[])[] = [["blue"], ["blue", "green"], ["green"], ["blue"], ["green", "blue"], ["green"], ["blue", "green"], ["green"]];
const EVENTS_EACH = 40;
const TOTAL = COURSE.length * EVENTS_EACH;

const byColour = (service: string, weighted: () => readonly Colour[], options: Parameters<BusFixture["process"]>[1] = {}): Record<Colour, TestProcess> => {
  const made = (colour: Colour) =>
    fixture.process(service, { instance: `${service}-${colour}-1`, producer: { service, colour, version: `of ${colour}` }, isActive: () => weighted().includes(colour), ...options });
  return { blue: made("blue"), green: made("green") };
};

describe("events while both colours run (R-DEP-2, R-EVT-3)", () => {
  it("take effect once in each group, while weight moves between the colours under load", async () => {
    let weighted: readonly Colour[] = ["blue"];
    const trading = byColour("trading", () => weighted);
    const social = byColour("social", () => weighted);
    const handled: Record<Colour, number> = { blue: 0, green: 0 };
    for (const colour of COLOURS) {
      trading[colour].bus.start([]);
      social[colour].bus.start(["social.first", "social.second"].map((group) => recording(group, () => void (handled[colour] += 1))));
    }
    let published = 0;
    for (const next of COURSE) {
      weighted = next;
      // Beside each other, and not waited for: the weight moves while events are on their way.
      await Promise.all(
        COLOURS.map(async (colour) => {
          await fixture.publish(trading[colour], `of-${colour}`, published + 1, published + EVENTS_EACH);
        }),
      );
      published += EVENTS_EACH;
    }
    for (const group of ["social.first", "social.second"])
      for (const aggregate of ["of-blue", "of-green"]) {
        const effects = await fixture.effectsOf(group, aggregate, TOTAL);
        expect(effects.toSorted((a, b) => a - b), `${group} ${aggregate}`).toEqual(upTo(TOTAL));
      }
    expect(handled.blue).toBeGreaterThan(0);
    expect(handled.green).toBeGreaterThan(0);
    const redis = await fixture.connect();
    expect(await redis.xlen("events:dead")).toBe(0);
    redis.disconnect();
  });

  it("of both releases are understood by both, where one has a field that the other does not know", async () => {
    const grown = defineEvent({ type: counted.type, version: 1, data: Type.Object({ n: Type.Integer(), note: Type.Optional(Type.String()) }) });
    let weighted: readonly Colour[] = ["blue"];
    const trading = byColour("trading", () => weighted);
    const social = byColour("social", () => weighted);
    const notes: (string | undefined)[] = [];
    const reading: ConsumerGroup = {
      name: "social.grown",
      handlers: [
        on(grown, async (tx, event) => {
          notes.push(event.data.note);
          await tx.query("INSERT INTO effects (group_name, aggregate, n, correlation) VALUES ('social.grown', $1, $2, '')", [event.aggregateId, event.data.n]);
        }),
      ],
    };
    trading.blue.bus.start([]);
    social.blue.bus.start([recording("social.grown")]);
    social.green.bus.start([reading]);
    const publishNew = async (n: number): Promise<void> =>
      void (await trading.green.database.transaction((tx) =>
        trading.green.bus.publisher.publish(tx, grown, { aggregateId: "grown", data: { n, note: "new" }, correlationId: `test-${n}` }),
      ));
    // The old release reads what the new one has written, and the other way round.
    await publishNew(1);
    expect(await fixture.effectsOf("social.grown", "grown", 1)).toEqual([1]);
    weighted = ["green"];
    await publishNew(2);
    let last = 2;
    // A read that blue had begun before may still take what comes first.
    await waitFor("green to read what blue has written", async () => {
      await fixture.publish(trading.blue, "grown", (last += 1));
      return notes.includes(undefined) ? true : undefined;
    });
    expect((await fixture.effectsOf("social.grown", "grown", last)).toSorted((a, b) => a - b)).toEqual(upTo(last));
  });

  it("of a breaking version are taken by a release that knows both versions, in whatever order they come", async () => {
    const second = defineEvent({ type: counted.type, version: 2, data: Type.Object({ count: Type.Integer() }) });
    const weighted: readonly Colour[] = COLOURS;
    const catalogue = [counted, second];
    const trading = byColour("trading", () => weighted, { catalogue });
    const social = byColour("social", () => weighted, { catalogue });
    const effect = "INSERT INTO effects (group_name, aggregate, n, correlation) VALUES ('social.both', $1, $2, '')";
    const both: ConsumerGroup = {
      name: "social.both",
      handlers: [
        on(counted, async (tx, { aggregateId, data }) => void (await tx.query(effect, [aggregateId, data.n]))),
        on(second, async (tx, { aggregateId, data }) => void (await tx.query(effect, [aggregateId, data.count]))),
      ],
    };
    trading.blue.bus.start([]);
    for (const colour of COLOURS) social[colour].bus.start([both]);
    for (const n of upTo(20)) {
      if (n % 2 === 0) await fixture.publish(trading.blue, "versions", n);
      else
        await trading.green.database.transaction((tx) =>
          trading.green.bus.publisher.publish(tx, second, { aggregateId: "versions", data: { count: n }, correlationId: `test-${n}` }),
        );
    }
    expect((await fixture.effectsOf("social.both", "versions", 20)).toSorted((a, b) => a - b)).toEqual(upTo(20));
    // The stream has each of them once: two colours' relays have not sent one twice.
    const redis = await fixture.connect();
    const entries = await redis.xrange(streamOf("trading"), "-", "+");
    redis.disconnect();
    const texts = entries.map(([, fields]) => fields[fields.indexOf(EVENT_FIELD) + 1] ?? "");
    expect(texts.filter((text) => text.includes('"versions"'))).toHaveLength(20);
  });
});
