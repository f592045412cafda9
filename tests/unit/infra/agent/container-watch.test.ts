import { pino } from "pino";
import { beforeEach, describe, expect, test } from "vitest";
import { ContainerWatch } from "../../../../infra/agent/container-watch.ts";
import type { EngineEvent } from "../../../../infra/agent/engine/engine.ts";
import { containerFacts, FakeClock, FakeEngine, memoryLog } from "../../../support/fake-engine.ts";

let engine: FakeEngine;
let log: ReturnType<typeof memoryLog>;
let watch: ContainerWatch;

beforeEach(() => {
  engine = new FakeEngine();
  log = memoryLog();
  watch = new ContainerWatch({ engine, environment: "test", clock: new FakeClock(), log: pino({}, log) });
});

function event(action: string, name: string, atSeconds: number): EngineEvent {
  return { action, containerId: `id-${name}`, containerName: name, atSeconds };
}

const names = (): string[] => watch.containers().map((container) => container.name);

describe("ContainerWatch", () => {
  test("sees the containers of its own environment only", async () => {
    engine.put(containerFacts("user"), containerFacts("user-of-others", { environment: "other" }));
    await watch.sync();
    expect(names()).toEqual(["user"]);
  });

  test("forgets what is gone and takes in what an event tells of", async () => {
    engine.put(containerFacts("user"), containerFacts("nft"));
    await watch.sync();
    engine.containers.delete("id-user");
    engine.put(containerFacts("nft", { health: "unhealthy" }), containerFacts("social"));
    await watch.handle(event("destroy", "user", 2001));
    await watch.handle(event("health_status: unhealthy", "nft", 2002));
    await watch.handle(event("start", "social", 2003));
    expect(watch.containers().map((container) => [container.name, container.health])).toEqual([
      ["nft", "unhealthy"],
      ["social", "healthy"],
    ]);
  });

  test("counts OOM kills by name, each once, and goes on when the container is replaced (R-MON-2)", async () => {
    engine.put(containerFacts("user"));
    await watch.sync();
    expect(watch.oomKills("user")).toBe(0);
    await watch.handle(event("oom", "user", 2001));
    await watch.handle(event("oom", "user", 2001));
    await watch.handle(event("oom", "user", 2002));
    engine.containers.clear();
    engine.put(containerFacts("user", { id: "id-new" }));
    await watch.handle({ ...event("oom", "user", 2003), containerId: "id-new" });
    expect(watch.oomKills("user")).toBe(3);
    expect(log.lines[0]).toBe("user was killed: it used more memory than its limit");
  });

  test("says once that the engine is away and once that it is back, and never rejects", async () => {
    expect(watch.engineUp).toBe(false);
    engine.failure = new Error("nobody listens");
    expect(await watch.sync()).toBe(false);
    expect(await watch.sync()).toBe(false);
    engine.failure = undefined;
    expect(await watch.sync()).toBe(true);
    expect(log.lines).toEqual([
      "the container engine cannot be asked; asked again every 2 s. nobody listens",
      "the container engine answers again",
    ]);
    expect(watch.errors).toBe(2);
  });

  test("asks after a break for what happened since the last event", async () => {
    engine.put(containerFacts("user"));
    engine.queued = [event("oom", "user", 3000), event("die", "user", 3001)];
    const ending = new AbortController();
    const until = new ContainerWatch({
      engine,
      environment: "test",
      clock: new FakeClock(),
      log: pino({}, log),
      delay: () => {
        if (engine.askedSince.length === 2) ending.abort();
        return Promise.resolve();
      },
    });
    await until.run(ending.signal);
    expect(engine.askedSince).toEqual([1000, 3001]);
    expect(until.oomKills("user")).toBe(1);
  });
});
