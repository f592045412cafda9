import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { waitFor } from "../../../../support/wait-for.ts";
import { BusFixture, upTo } from "./bus-fixture.ts";
import { recording, type TestProcess } from "./bus-process.ts";

const fixture = BusFixture.ofFile();

/** A group begins with the oldest event that is kept: each has aggregates of its own. */
const aggregatesOf = (group: string) => Array.from({ length: 12 }, (_, index) => `${group} ${index}`);

/** Events `from` to `to` of every aggregate, as they come when many are busy at once. */
async function publishAll(trading: TestProcess, group: string, from: number, to: number): Promise<void> {
  await Promise.all(aggregatesOf(group).map((aggregate) => fixture.publish(trading, aggregate, from, to)));
}

async function expectInOrder(group: string, last: number): Promise<void> {
  for (const aggregate of aggregatesOf(group)) expect([aggregate, await fixture.effectsOf(group, aggregate, last)]).toEqual([aggregate, upTo(last)]);
}

/** Some take longer than others: whoever got a later event would be done first. */
const uneven = (n: number) => sleep(n % 5 === 0 ? 8 : 0);

const isReading = (process: TestProcess, group: string) => fixture.metric(process, "eventbus_group_reading", { group });

// Reads of eight are full nearly always, and then the next entries are asked for while these are handled.
describe.each([
  { which: "of one service", name: "each", options: {} },
  { which: "that are behind and read ahead", name: "ahead", options: { consumer: { count: 8 } } },
])("several instances $which", ({ name, options }) => {
  const instance = (more: { readonly instance?: string } = {}) => fixture.process("social", { ...options, ...more });

  it("keep the order of each aggregate (R-EVT-3)", async () => {
    const group = `social.together-${name}`;
    const trading = fixture.process("trading");
    const instances = [instance(), instance(), instance()];
    trading.bus.start([]);
    for (const one of instances) one.bus.start([recording(group, uneven)]);
    await publishAll(trading, group, 1, 40);
    await expectInOrder(group, 40);
  });

  it("keep it when one of them goes and another goes on (R-EVT-3)", async () => {
    const group = `social.handed-over-${name}`;
    const trading = fixture.process("trading");
    const [first, second] = [instance(), instance()];
    trading.bus.start([]);
    for (const one of [first, second]) one.bus.start([recording(group, uneven)]);
    const publishing = publishAll(trading, group, 1, 60);
    await fixture.effectsOf(group, `${group} 0`, 5);
    const reader = (await isReading(first, group)) === 1 ? first : second;
    await reader.stop();
    await publishing;
    await expectInOrder(group, 60);
  });

  it("keep it when one of them dies with events that it was given (R-EVT-3)", async () => {
    const group = `social.orphaned-${name}`;
    const trading = fixture.process("trading");
    const [dying, next] = [instance({ instance: `social-dying-${name}` }), instance()];
    trading.bus.start([]);
    const death = Promise.withResolvers<never>();
    death.promise.catch(() => undefined);
    let stuck = false;
    dying.bus.start([
      recording(group, async (n, aggregate) => {
        if (n !== 3 || !aggregate.startsWith(group)) return;
        stuck = true;
        // Its transaction is open, its events are pending, and nothing is heard of it any more.
        for (const connection of dying.redis.values()) connection.disconnect();
        await death.promise;
      }),
    ]);
    await waitFor("a reader", async () => ((await isReading(dying, group)) === 1 ? true : undefined));
    const publishing = publishAll(trading, group, 1, 30);
    await waitFor("a dead instance", () => Promise.resolve(stuck ? true : undefined));
    next.bus.start([recording(group, uneven)]);
    // As a killed process' connections end, so does its transaction.
    await fixture.endSessions(`social-dying-${name}`);
    await publishing;
    await expectInOrder(group, 30);
    death.reject(new Error("dead"));
  });
});
