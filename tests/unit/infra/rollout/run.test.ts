import { describe, expect, test } from "vitest";
import { firstTable, type TrafficTable } from "../../../../services/base/traffic/table.ts";
import { nextTable } from "../../../../infra/rollout/table-change.ts";
import type { Measured } from "../../../../infra/rollout/judge.ts";
import { rolloutSteps } from "../../../../infra/rollout/plan.ts";
import { Rollout, RolloutFrozen, RolloutOvertaken, RolloutReverted, type RolloutHost, type RolloutRequest } from "../../../../infra/rollout/run.ts";

const order = ["nft", "gateway"];
const first = firstTable(order, "blue", "test", new Date(0));
const all = (blue: number) => Object.fromEntries(order.map((name) => [name, { blue, green: 100 - blue }]));
const fine: Measured = { requests: 1000, errors: 0, p95Seconds: 0.01 };
const bad: Measured = { requests: 1000, errors: 100, p95Seconds: 0.01 };

/** An environment in memory; time passes only while somebody sleeps. */
class World implements RolloutHost {
  stored: TrafficTable;
  nowMs = 0;
  readonly tables: TrafficTable[] = [];
  readonly titles: string[] = [];
  readonly texts: string[] = [];
  seen: (workload: string, colour: string) => Measured | undefined = () => fine;
  broken: () => readonly string[] = () => [];

  constructor(table: TrafficTable = first) {
    this.stored = table;
  }

  table = async () => await Promise.resolve<TrafficTable | undefined>(this.stored);
  problems = async () => await Promise.resolve(this.broken());
  measure = async (workload: string, colour: string) => await Promise.resolve(this.seen(workload, colour));
  now = () => this.nowMs;
  date = () => new Date(this.nowMs);
  sleep = async (ms: number) => {
    this.nowMs += ms;
    await Promise.resolve();
  };
  write: RolloutHost["write"] = async (version, change) => {
    if (this.stored.version !== version) return undefined;
    this.stored = nextTable(this.stored, change, this.date());
    this.tables.push(this.stored);
    return await Promise.resolve(this.stored);
  };

  async roll(changes: Partial<RolloutRequest> = {}): Promise<void> {
    const steps = rolloutSteps(this.stored.weights, order, "green", [10, 50, 100]);
    const request: RolloutRequest = { from: "blue", to: "green", steps, stepsInAll: 6, stepSeconds: 30, watchSeconds: 600, requireTraffic: false, skipJudgement: false, by: "me", id: "1", oneWay: [], ...changes };
    await new Rollout(request, this, this.stored).run({
      step: async (title, work) => {
        this.titles.push(title);
        this.texts.push(await work(() => undefined));
      },
    });
  }
}

describe("a rollout (R-DEP-3)", () => {
  test("makes every step, in its time, and leaves the old colour's weights as the way back", async () => {
    const world = new World();
    await world.roll();
    expect(world.titles).toEqual(["nft 10 % to green", "nft 50 % to green", "nft 100 % to green", "gateway 10 % to green", "gateway 50 % to green", "gateway 100 % to green"]);
    expect(world.nowMs).toBe(6 * 30_000);
    expect(world.stored).toMatchObject({ weights: all(0), previous: all(100), release: { state: "watching", from: "blue", to: "green", step: 6, steps: 6 } });
    expect(world.stored.release?.watchUntil).toBe(new Date(world.nowMs + 600_000).toISOString());
    expect(world.tables.every((table) => JSON.stringify(table.previous) === JSON.stringify(all(100)))).toBe(true);
  });

  test("puts everything back when a step fails, and says which and why", async () => {
    const world = new World();
    world.seen = (workload, colour) => (workload === "gateway" && colour === "green" ? bad : fine);
    await expect(world.roll()).rejects.toThrow(RolloutReverted);
    expect(world.stored).toMatchObject({ weights: all(100), release: { state: "reverted" } });
    expect(world.stored.reason).toBe("rollout green: gateway 10 % failed: 10 % of 1000 requests fail; the old colour's share is 0 %");
  });

  test("does not wait for the end of a step that is bad twice in a row", async () => {
    const world = new World();
    world.seen = (_, colour) => (colour === "green" ? bad : fine);
    await expect(world.roll({ stepSeconds: 600 })).rejects.toThrow(RolloutReverted);
    expect(world.nowMs).toBe(10_000);
  });

  test("goes back at once when a container of the new colour fails", async () => {
    const world = new World();
    world.broken = () => (world.nowMs >= 3_000 ? ["nft: is exited"] : []);
    await expect(world.roll()).rejects.toThrow("nft at 10 % of green failed: nft: is exited");
    expect(world.nowMs).toBe(3_000);
    expect(world.stored.weights).toEqual(all(100));
  });

  test("without traffic goes on and says so, or fails where traffic is required", async () => {
    const quiet = new World();
    quiet.seen = () => ({ requests: 0, errors: 0 });
    await quiet.roll();
    expect(quiet.texts[0]).toBe("too little traffic to judge: 0 requests, at least 20 are needed; goes on, since its containers are healthy");
    const strict = new World();
    strict.seen = () => undefined;
    await expect(strict.roll({ requireTraffic: true })).rejects.toThrow("cannot be judged: Prometheus does not answer (--require-traffic)");
    expect(strict.stored.weights).toEqual(all(100));
  });

  test("asks nobody where it shall not be judged, and still goes back when a container fails", async () => {
    const world = new World();
    world.seen = () => {
      throw new Error("asked");
    };
    await world.roll({ skipJudgement: true });
    expect(world.stored.weights).toEqual(all(0));
    const broken = new World();
    broken.broken = () => ["nft: is exited"];
    await expect(broken.roll({ skipJudgement: true })).rejects.toThrow(RolloutReverted);
  });

  test("ends, and leaves the table alone, when somebody else has moved traffic", async () => {
    const world = new World();
    world.broken = () => {
      if (world.nowMs === 5_000) world.stored = nextTable(world.stored, { by: "somebody", reason: "rollback", weights: all(100) }, new Date(0));
      return [];
    };
    await expect(world.roll()).rejects.toThrow(RolloutOvertaken);
    expect(world.stored.by).toBe("somebody");
  });

  test("that was interrupted goes on where it was, and still goes back to before its first step", async () => {
    const world = new World();
    world.sleep = async () => await Promise.reject(new Error("killed"));
    await expect(world.roll()).rejects.toThrow("killed");
    expect(world.stored.weights["nft"]).toEqual({ blue: 90, green: 10 });

    const next = new World(world.stored);
    next.seen = (workload, colour) => (workload === "gateway" && colour === "green" ? bad : fine);
    await expect(next.roll({ id: "2" })).rejects.toThrow(RolloutReverted);
    expect(next.titles[0]).toBe("nft 10 % to green");
    expect(next.stored).toMatchObject({ weights: all(100), release: { id: "1", state: "reverted" } });
  });

  test("is frozen where a step fails behind a migration that cannot go back, and goes on from there", async () => {
    const oneWay = [{ workload: "gateway", migration: "0002-one-way" }];
    const world = new World();
    world.seen = (workload, colour) => (workload === "gateway" && colour === "green" ? bad : fine);
    await expect(world.roll({ oneWay })).rejects.toThrow(RolloutFrozen);
    expect(world.stored).toMatchObject({
      weights: { nft: { blue: 0, green: 100 }, gateway: { blue: 90, green: 10 } },
      previous: all(100),
      release: { state: "running", oneWay, frozen: "rollout green: gateway 10 % failed: 10 % of 1000 requests fail; the old colour's share is 0 %" },
    });

    const next = new World(world.stored);
    await next.roll({ id: "2", oneWay });
    expect(next.titles).toEqual(["gateway 10 % to green", "gateway 50 % to green", "gateway 100 % to green"]);
    expect(next.stored).toMatchObject({ weights: all(0), release: { id: "1", state: "watching", oneWay } });
    expect(next.stored.release).not.toHaveProperty("frozen");
  });

  test("is taken back as ever where it fails before the migration's own workload has served", async () => {
    const world = new World();
    world.seen = (_, colour) => (colour === "green" ? bad : fine);
    await expect(world.roll({ oneWay: [{ workload: "gateway", migration: "0002-one-way" }] })).rejects.toThrow(RolloutReverted);
    expect(world.stored.weights).toEqual(all(100));
  });
});
