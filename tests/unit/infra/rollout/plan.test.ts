import { describe, expect, test } from "vitest";
import { rolloutOrder } from "../../../../services/catalogue.ts";
import { firstTable } from "../../../../services/base/traffic/table.ts";
import { DEFAULT_PERCENTS, percentsProblem, rolloutSteps, stepCount } from "../../../../infra/rollout/plan.ts";

const order = rolloutOrder.map((service) => service.name);
const { weights } = firstTable(order, "blue", "test", new Date(0));

describe("the steps of a rollout (R-DEP-3)", () => {
  const steps = rolloutSteps(weights, order, "green", DEFAULT_PERCENTS);

  test("move one service after the other, least critical first, the gateway last", () => {
    expect([...new Set(steps.map((step) => step.workload))]).toEqual(["nft", "social", "gamification", "financial", "user", "trading", "gateway"]);
    expect(steps).toHaveLength(21);
    expect(stepCount(weights, DEFAULT_PERCENTS)).toBe(21);
  });

  test("give each 10, 50, 100 percent, and change nothing else on the way", () => {
    expect(steps.slice(0, 3).map((step) => step.weights["nft"])).toEqual([
      { blue: 90, green: 10 },
      { blue: 50, green: 50 },
      { blue: 0, green: 100 },
    ]);
    expect(steps[0]?.weights).toEqual({ ...weights, nft: { blue: 90, green: 10 } });
  });

  test("end with everything at the new colour", () => {
    expect(Object.values(steps.at(-1)?.weights ?? {})).toEqual(order.map(() => ({ blue: 0, green: 100 })));
  });

  test("begin again with the one in which they were interrupted", () => {
    const after = steps[4]?.weights ?? {};
    expect(rolloutSteps(after, order, "green", DEFAULT_PERCENTS)).toEqual(steps.slice(4));
  });

  test("are none where the colour has everything", () => {
    expect(rolloutSteps(weights, order, "blue", DEFAULT_PERCENTS)).toEqual([]);
  });
});

test.each([
  [[], "takes weights above 0 up to 100"],
  [[0, 100], "takes weights above 0 up to 100"],
  [[50, 101], "takes weights above 0 up to 100"],
  [[Number.NaN, 100], "takes weights above 0 up to 100"],
  [[50, 50, 100], "takes weights that grow"],
  [[10, 50], "has to end with 100"],
  [[100], undefined],
  [[0.5, 100], undefined],
])("weights %j: %s", (percents, problem) => {
  expect(percentsProblem(percents)).toBe(problem);
});
