import { describe, expect, test } from "vitest";
import { healthWord, trafficShare } from "../../../../infra/status/container-health.ts";
import { shellQuoted } from "../../../../infra/cli/commands/env.ts";
import { isComplete } from "../../../../infra/cli/pick-colour.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const both = [...testStack("blue").containers, ...testStack("green").containers].map((spec) => containerOf(spec));
const find = (colour: string, workload: string) => {
  const container = both.find((one) => one.colour === colour && one.workload === workload);
  if (container === undefined) throw new Error("no such container");
  return container;
};
const weights = { trading: { blue: 90, green: 10 }, nft: { blue: 0, green: 100 } };

describe("trafficShare", () => {
  test("is the weight of the colour for that workload", () => {
    expect(trafficShare(find("blue", "trading"), weights)).toBe(90);
    expect(trafficShare(find("green", "trading"), weights)).toBe(10);
    expect(trafficShare(find("green", "nft"), weights)).toBe(100);
  });

  test("is unknown for what is not routed, not running, or without a table", () => {
    expect(trafficShare(find("blue", "migrate"), weights)).toBeUndefined();
    expect(trafficShare({ ...find("blue", "trading"), state: "exited" }, weights)).toBeUndefined();
    expect(trafficShare(find("blue", "trading"), undefined)).toBeUndefined();
  });
});

test("healthWord says what is wrong before what is fine", () => {
  const trading = find("blue", "trading");
  expect(healthWord(trading)).toBe("healthy");
  expect(healthWord({ ...trading, state: "exited", exitCode: 137 })).toBe("stopped (137)");
  expect(healthWord({ ...trading, state: "paused" })).toBe("paused");
  expect(healthWord(find("blue", "migrate"))).toBe("done");
  expect(healthWord({ ...find("blue", "migrate"), exitCode: 1 })).toBe("failed (1)");
});

test("a colour is complete when every workload runs", () => {
  const blue = both.filter((container) => container.colour === "blue" && container.workload !== "migrate");
  const workloads = blue.map((container) => container.workload);
  expect(isComplete(blue, workloads)).toBe(true);
  expect(isComplete(blue.slice(1), workloads)).toBe(false);
  expect(isComplete(blue.map((container) => ({ ...container, state: "exited" })), workloads)).toBe(false);
});

test("a value reaches the shell as it is", () => {
  expect(shellQuoted("it's $HOME")).toBe(`'it'\\''s $HOME'`);
});
