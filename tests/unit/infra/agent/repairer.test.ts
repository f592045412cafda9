import { pino } from "pino";
import { beforeEach, describe, expect, test } from "vitest";
import { Repairer } from "../../../../infra/agent/repair/repairer.ts";
import { RESTART_RULE } from "../../../../infra/agent/repair/restart-history.ts";
import type { ContainerFacts } from "../../../../infra/agent/engine/engine.ts";
import { containerFacts, FakeClock, FakeEngine, memoryLog } from "../../../support/fake-engine.ts";

let engine: FakeEngine;
let clock: FakeClock;
let log: ReturnType<typeof memoryLog>;
let repairer: Repairer;

beforeEach(() => {
  engine = new FakeEngine();
  clock = new FakeClock();
  log = memoryLog();
  repairer = new Repairer({
    instance: "agent",
    environment: "test",
    rule: RESTART_RULE,
    clock,
    log: pino({}, log),
    containers: () => [...engine.containers.values()],
    refresh: async (id) => await engine.inspect(id),
    restart: async (id) => await engine.restart(id),
  });
});

/** Looks at a container now and once more after the bound. */
async function pastBound(...containers: readonly ContainerFacts[]): Promise<void> {
  engine.put(...containers);
  await repairer.tick();
  clock.passSeconds(10);
  await repairer.tick();
}

const sick = (name: string, changes: Partial<ContainerFacts> = {}): ContainerFacts => containerFacts(name, { health: "unhealthy", ...changes });

describe("Repairer", () => {
  test("restarts what stays unhealthy, counts it, and says so in one line", async () => {
    await pastBound(sick("user", { colour: "blue" }), containerFacts("nft"));
    expect(engine.restarted).toEqual(["id-user"]);
    expect(log.lines).toEqual(["restarted user: it was unhealthy for 10 s"]);
    expect(repairer.restarts).toEqual([
      { workload: "user", colour: "blue", count: 1 },
      { workload: "nft", colour: "", count: 0 },
    ]);
  });

  test.each([
    { who: "itself", container: sick("agent") },
    { who: "a container of another environment", container: sick("user", { environment: "other" }) },
    { who: "a paused container", container: sick("user", { state: "paused" }) },
    { who: "a stopped container", container: sick("user", { state: "exited" }) },
    { who: "a container that is none of the platform's", container: sick("user", { workload: "" }) },
    { who: "a container that starts", container: containerFacts("user", { health: "starting" }) },
    { who: "a container without a health check", container: containerFacts("user", { health: "none" }) },
  ])("leaves $who alone", async ({ container }) => {
    await pastBound(container);
    expect(engine.restarted).toEqual([]);
  });

  test("asks once more before it restarts: somebody may just have stopped it", async () => {
    engine.put(sick("user"));
    await repairer.tick();
    clock.passSeconds(10);
    const stale = [...engine.containers.values()];
    engine.put(containerFacts("user", { state: "exited" }));
    const late = new Repairer({
      instance: "agent", environment: "test", rule: { ...RESTART_RULE, boundMs: 0 }, clock, log: pino({}, log),
      containers: () => stale,
      refresh: async (id) => await engine.inspect(id),
      restart: async (id) => await engine.restart(id),
    });
    await late.tick();
    expect(engine.restarted).toEqual([]);
  });

  test("gives up after five restarts, says it once, and takes it back when the container is well", async () => {
    engine.put(sick("user"));
    for (let second = 0; second < 400; second += 1) {
      await repairer.tick();
      clock.passSeconds(1);
    }
    expect(engine.restarted).toHaveLength(5);
    expect(repairer.hasGivenUp("id-user")).toBe(true);
    expect(log.lines.filter((line) => line.startsWith("user is left unhealthy: it was restarted 5 times within 60 min"))).toHaveLength(1);
    engine.put(containerFacts("user"));
    await repairer.tick();
    expect(repairer.hasGivenUp("id-user")).toBe(false);
  });

  test("restarts two at a time when several fall ill at once", async () => {
    const held: (() => void)[] = [];
    engine.restart = async (id) => {
      engine.restarted.push(id);
      await new Promise<void>((resolve) => held.push(resolve));
    };
    engine.put(sick("a"), sick("b"), sick("c"), ...["d", "e", "f"].map((name) => containerFacts(name)));
    await repairer.tick();
    clock.passSeconds(10);
    const first = repairer.tick();
    await repairer.tick();
    expect(engine.restarted).toEqual(["id-a", "id-b"]);
    for (const release of held) release();
    await first;
    // The engine has not told yet that the first two are well.
    const second = repairer.tick();
    await new Promise((resolve) => setImmediate(resolve));
    expect(engine.restarted).toEqual(["id-a", "id-b", "id-c"]);
    for (const release of held) release();
    await second;
  });

  describe("on a starved machine (more than half unhealthy at once)", () => {
    const names = ["a", "b", "c", "d", "e"];

    async function passMinutes(minutes: number): Promise<void> {
      for (let second = 0; second < minutes * 60; second += 5) {
        await repairer.tick();
        clock.passSeconds(5);
      }
    }

    test("waits, and says so once and as a metric", async () => {
      engine.put(...names.map((name) => sick(name)));
      await passMinutes(9);
      expect(engine.restarted).toEqual([]);
      expect(repairer.waiting).toBe(true);
      expect(log.lines).toEqual(["nothing is restarted: 5 of 5 containers are unhealthy at once, so it is the machine"]);
    });

    test("gives each container time for a new verdict once the machine has time again", async () => {
      engine.put(...names.map((name) => sick(name)));
      await passMinutes(5);
      engine.put(...["b", "c", "d", "e"].map((name) => containerFacts(name)));
      await repairer.tick();
      expect(repairer.waiting).toBe(false);
      expect(log.lines.at(-1)).toBe("the machine has time again: what stays unhealthy is restarted");
      clock.passSeconds(30);
      await repairer.tick();
      expect(engine.restarted).toEqual([]);
      clock.passSeconds(20);
      await repairer.tick();
      expect(engine.restarted).toEqual(["id-a"]);
    });

    test("does not wait for ever: after ten minutes it restarts two at a time", async () => {
      engine.put(...names.map((name) => sick(name)));
      await passMinutes(12);
      expect(engine.restarted.length).toBeGreaterThan(0);
      expect(log.lines.some((line) => line.startsWith("waited long enough: what is unhealthy is restarted, 2 at a time, though 5 of 5"))).toBe(true);
    });

    test("waits as well while the engine takes long for an answer, and goes on when it does not", async () => {
      const inspect = engine.inspect.bind(engine);
      engine.put(sick("a"), ...["b", "c", "d"].map((name) => containerFacts(name)));
      engine.inspect = async (id) => {
        clock.passSeconds(4);
        return await inspect(id);
      };
      await passMinutes(1);
      expect(engine.restarted).toEqual([]);
      expect(log.lines).toEqual(["nothing is restarted: the engine takes 4 s for an answer, so the machine is slow"]);
      engine.inspect = inspect;
      await passMinutes(2);
      expect(engine.restarted).toContain("id-a");
    });
  });

  test("tells of a restart that failed, counts none, and tries again after the back-off", async () => {
    engine.restart = async () => await Promise.reject(new Error("cannot stop it"));
    await pastBound(sick("user"));
    expect(log.lines).toEqual(["user is unhealthy and could not be restarted: cannot stop it"]);
    expect(repairer.restarts[0]?.count).toBe(0);
    for (let second = 0; second <= 10; second += 1) {
      clock.passSeconds(1);
      await repairer.tick();
    }
    expect(log.lines).toHaveLength(2);
  });
});
