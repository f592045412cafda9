import { expect, test } from "vitest";
import { stopWaves } from "../../../../infra/compose/stop.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

test("entries stop before what they lead to, and stores last", () => {
  const all = (["foundation", "blue"] as const).flatMap((stack) => testStack(stack).containers.map((spec) => containerOf(spec)));
  const waves = stopWaves(all).map((wave) => wave.map((container) => container.workload));
  expect(waves[0]).toEqual(["edge"]);
  expect(waves[1]).toEqual(["gateway"]);
  expect(waves[2]).toContain("trading");
  expect(waves[2]).toContain("prometheus");
  expect(waves[3]).toEqual(["postgres", "redis"]);
  expect(waves.flat()).toHaveLength(all.length);
});
