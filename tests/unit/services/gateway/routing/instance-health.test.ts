import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../../../../services/gateway/routing/instance-health.ts";
import { Prober } from "../../../../../services/gateway/routing/prober.ts";
import { blue, routing } from "./routing-fixture.ts";

const four = [blue(1), blue(2), blue(3), blue(4)];
const outOf = ({ health }: ReturnType<typeof routing>): string[] => health.out().map(({ instance }) => instance.instance);

describe("passive ejection (R-GW-3)", () => {
  it.each<[FailureKind, number]>([
    ["refused", 1],
    ["unanswered", 1],
    ["reset", 5],
    ["timeout", 5],
    ["server-error", 5],
  ])("takes an instance out after failures of kind %s: %d in a row", (kind, times) => {
    const gateway = routing(four);
    gateway.fail("blue-1", kind, times - 1);
    expect(outOf(gateway)).toEqual([]);
    gateway.fail("blue-1", kind);
    expect(outOf(gateway)).toEqual(["blue-1"]);
    expect(gateway.said).toEqual([`blue-1 out: ${kind}`]);
  });

  it("begins to count anew with every good answer", () => {
    const gateway = routing(four);
    gateway.fail("blue-1", "server-error", 4);
    gateway.health.succeeded(gateway.instance("blue-1"));
    gateway.fail("blue-1", "server-error", 4);
    expect(outOf(gateway)).toEqual([]);
  });

  it("never takes out more than half of the instances that answer badly", () => {
    const gateway = routing(four);
    for (const name of ["blue-1", "blue-2", "blue-3", "blue-4"]) gateway.fail(name, "timeout", 10);
    expect(outOf(gateway)).toEqual(["blue-1", "blue-2"]);
    const three = routing(four.slice(0, 3));
    for (const name of ["blue-1", "blue-2"]) three.fail(name, "timeout", 10);
    expect(outOf(three)).toEqual(["blue-1"]);
    const single = routing([blue(1)]);
    single.fail("blue-1", "server-error", 100);
    expect(outOf(single)).toEqual([]);
  });

  it("takes out everyone who refuses connections: nobody is spared by asking them", () => {
    const gateway = routing(four);
    for (const name of ["blue-1", "blue-2", "blue-3"]) gateway.fail(name, "refused");
    expect(outOf(gateway)).toEqual(["blue-1", "blue-2", "blue-3"]);
  });

  it("takes for gone who accepts no connection three times in a row", () => {
    const gateway = routing([blue(1)]);
    gateway.fail("blue-1", "unanswered", 2);
    expect(gateway.health.isGone(gateway.instance("blue-1"))).toBe(false);
    gateway.fail("blue-1", "unanswered");
    expect(gateway.health.isGone(gateway.instance("blue-1"))).toBe(true);
  });

  it("knows nothing of an instance that was started anew", () => {
    const gateway = routing(four);
    gateway.fail("blue-1", "refused");
    gateway.register([blue(1, { startedAt: "later", heartbeatAt: 1 }), ...four.slice(1)]);
    expect(gateway.health.isOut(gateway.instance("blue-1"))).toBe(false);
  });
});

describe("the return of an instance (R-GW-3)", () => {
  const proberOf = (gateway: ReturnType<typeof routing>, isWell: () => boolean, asked: string[] = []) =>
    new Prober({
      health: gateway.health,
      known: () => four.map(({ instance }) => gateway.instance(instance)),
      ask: ({ instance }) => {
        asked.push(instance);
        return Promise.resolve(isWell());
      },
    });

  it("comes by a probe, first after a second, and with a small share", async () => {
    const gateway = routing(four);
    const asked: string[] = [];
    const prober = proberOf(gateway, () => true, asked);
    gateway.fail("blue-1", "timeout", 5);
    gateway.clock.advance(999);
    await prober.look();
    expect(asked).toEqual([]);
    gateway.clock.advance(1);
    await prober.look();
    expect(asked).toEqual(["blue-1"]);
    expect(outOf(gateway)).toEqual([]);
    expect(gateway.said.at(-1)).toBe("blue-1 back");
    expect(gateway.health.share(gateway.instance("blue-1"), gateway.clock.now())).toBe(0.1);
    gateway.clock.advance(10_000);
    expect(gateway.health.share(gateway.instance("blue-1"), gateway.clock.now())).toBe(1);
  });

  it("waits until a probe is good, which is asked for every second", async () => {
    const gateway = routing(four);
    let isWell = false;
    const prober = proberOf(gateway, () => isWell);
    gateway.fail("blue-1", "refused");
    for (let second = 0; second < 5; second += 1) {
      gateway.clock.advance(1_000);
      await prober.look();
    }
    expect(outOf(gateway)).toEqual(["blue-1"]);
    isWell = true;
    gateway.clock.advance(1_000);
    await prober.look();
    expect(outOf(gateway)).toEqual([]);
  });

  it("takes twice as long each time, up to 30 s", async () => {
    const gateway = routing(four);
    const prober = proberOf(gateway, () => true);
    const waits: number[] = [];
    for (let time = 0; time < 7; time += 1) {
      gateway.fail("blue-1", "server-error", 5);
      let seconds = 0;
      while (outOf(gateway).length > 0) {
        gateway.clock.advance(1_000);
        seconds += 1;
        await prober.look();
      }
      waits.push(seconds);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  it("is quick again after a minute without failures", async () => {
    const gateway = routing(four);
    const prober = proberOf(gateway, () => true);
    for (let time = 0; time < 3; time += 1) {
      gateway.fail("blue-1", "server-error", 5);
      gateway.clock.advance(30_000);
      await prober.look();
    }
    gateway.clock.advance(60_001);
    gateway.fail("blue-1", "server-error", 5);
    gateway.clock.advance(1_000);
    await prober.look();
    expect(outOf(gateway)).toEqual([]);
  });

  it("tells a circuit only of instances that were gone, not of those that answered badly", async () => {
    const gateway = routing(four);
    const prober = proberOf(gateway, () => true);
    gateway.fail("blue-1", "refused");
    gateway.fail("blue-2", "server-error", 5);
    gateway.clock.advance(1_000);
    await prober.look();
    expect(gateway.health.backSinceMs(gateway.instance("blue-1"))).toBe(gateway.clock.now());
    expect(gateway.health.backSinceMs(gateway.instance("blue-2"))).toBe(0);
  });
});
