import { describe, expect, test } from "vitest";
import type { Release } from "../../../../services/base/traffic/release.ts";
import { firstTable, type TrafficTable } from "../../../../services/base/traffic/table.ts";
import { allTo } from "../../../../infra/engine/traffic.ts";
import { nextTable } from "../../../../infra/rollout/table-change.ts";
import { decideAutomaticRollback, decideRollback } from "../../../../infra/rollout/rollback.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const containers = (["blue", "green"] as const).flatMap((colour) => testStack(colour).containers.map((spec) => containerOf(spec)));
const order = ["nft", "gateway"];
const first = firstTable(order, "blue", "test", new Date(0));
const release: Release = { id: "1", from: "blue", to: "green", state: "watching", step: 6, steps: 6, startedAt: "2026-01-01T00:00:00.000Z", watchUntil: "2026-01-01T00:10:00.000Z" };
const rolledOut: TrafficTable = nextTable(first, { by: "me", reason: "rollout green: done", weights: allTo(first, "green"), previous: first.weights, release }, new Date(0));
const asking = { table: rolledOut, containers, by: "me", reason: "bad" };
const under = { ...asking, colour: "green" as const, sinceMs: Date.parse("2026-01-01T00:04:00Z"), nowMs: Date.parse("2026-01-01T00:05:00Z") };

const sick = (workload: string) => containers.map((one) => (one.colour === "blue" && one.workload === workload ? { ...one, health: "unhealthy" } : one));

describe("a rollback (R-DEP-3)", () => {
  test("brings the previous table back, and can be taken back itself", () => {
    const decision = decideRollback(asking);
    if (!("colours" in decision)) throw new Error("no rollback");
    expect(decision.colours).toEqual(["blue"]);
    const table = nextTable(rolledOut, decision.change, new Date(0));
    expect(table).toMatchObject({ weights: first.weights, previous: rolledOut.weights, release: { state: "reverted" } });
    expect(decideRollback({ ...asking, table })).toMatchObject({ colours: ["green"] });
  });

  test("from the middle of a rollout leaves no way back into the middle", () => {
    const half = { ...rolledOut, weights: { ...first.weights, nft: { blue: 50, green: 50 } }, release: { ...release, state: "running" as const } };
    expect(decideRollback({ ...asking, table: half })).toMatchObject({ change: { weights: first.weights, previous: first.weights } });
  });

  test("is refused where the colour that would get requests is not healthy, or not there", () => {
    expect(decideRollback({ ...asking, containers: sick("nft") })).toEqual({
      refused: "blue is not complete and healthy, so requests cannot go back to it:\n  nft: is unhealthy",
    });
    expect(decideRollback({ ...asking, containers: containers.filter((one) => one.colour === "green") })).toMatchObject({
      refused: expect.stringContaining("nft: there is no container of blue") as string,
    });
  });

  test("is refused where there is nothing to go back to", () => {
    expect(decideRollback({ ...asking, table: first })).toEqual({ refused: "The traffic table has no earlier weights to go back to." });
  });
});

describe("a release with a migration that cannot go back (R-DEP-3)", () => {
  const oneWay = [{ workload: "gateway", migration: "0002-one-way" }];
  const served: TrafficTable = { ...rolledOut, release: { ...release, oneWay } };
  const half: TrafficTable = { ...served, weights: { ...first.weights, nft: { blue: 50, green: 50 } }, release: { ...release, oneWay, state: "running" } };

  test("is frozen where it stands instead of taken back, and says why and what to do", () => {
    const decision = decideRollback({ ...asking, table: served });
    if (!("frozen" in decision)) throw new Error("not frozen");
    expect(decision.frozen).toContain("green has served, and after its migrations (gateway 0002-one-way) blue cannot serve again.");
    expect(decision.frozen).toContain("./astra rollback --force");
    const table = nextTable(served, decision.change, new Date(0));
    expect(table).toMatchObject({ version: served.version + 1, weights: served.weights, previous: first.weights, reason: "frozen: bad", release: { state: "watching", frozen: "bad" } });
    expect(decideRollback({ ...asking, table })).toEqual({ refused: decision.frozen });
  });

  test("is frozen by an alert too, once", () => {
    const decision = decideAutomaticRollback({ ...under, table: served });
    if (!("frozen" in decision)) throw new Error("not frozen");
    expect(decideAutomaticRollback({ ...under, table: nextTable(served, decision.change, new Date(0)) })).toEqual({ refused: decision.frozen });
  });

  test("goes back as any other one, as long as the new colour has not served that workload", () => {
    expect(decideRollback({ ...asking, table: half })).toMatchObject({ colours: ["blue"], change: { weights: first.weights } });
  });

  test("is frozen too after it was taken back by force and brought forward again", () => {
    const decision = decideRollback({ ...asking, table: { ...served, release: { ...release, oneWay, state: "reverted" } } });
    expect(decision).toMatchObject({ frozen: expect.any(String) as string, change: { release: { state: "watching", frozen: "bad" } } });
  });

  test("goes back where a person insists, and is not frozen then", () => {
    const decision = decideRollback({ ...asking, table: { ...served, release: { ...release, oneWay, frozen: "bad" } }, force: true });
    if (!("colours" in decision)) throw new Error("no rollback");
    expect(decision.change).toMatchObject({ weights: first.weights, release: { state: "reverted" } });
    expect(decision.change.release).not.toHaveProperty("frozen");
  });
});

describe("a rollback by an alert (R-MON-2)", () => {
  test("takes the new colour back within its watch period", () => {
    expect(decideAutomaticRollback(under)).toMatchObject({ colours: ["blue"], change: { weights: first.weights } });
  });

  test.each([
    ["after the watch period", { nowMs: Date.parse("2026-01-01T00:10:00Z") }, "no release is under way or under watch"],
    ["when the alert is older than the release", { sinceMs: Date.parse("2025-12-31T23:59:59Z") }, "the alert is older than the release"],
    ["of the old colour", { colour: "blue" as const }, "blue is not the colour that is being released"],
    ["to a colour that is not healthy", { containers: sick("gateway") }, "blue is not complete and healthy, so requests cannot go back to it:\n  gateway: is unhealthy"],
    ["a second time", { table: { ...rolledOut, release: { ...release, state: "reverted" as const } } }, "no release is under way or under watch"],
  ])("does nothing %s", (_, changes, refused) => {
    expect(decideAutomaticRollback({ ...under, ...changes })).toEqual({ refused });
  });
});
