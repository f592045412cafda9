import { expect, test } from "vitest";
import { describePlan, planStack, stackMembers } from "../../../../infra/engine/plan.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const { containers } = testStack("blue");
const running = containers.map((spec) => containerOf(spec));

/** The containers as they run, one of them otherwise. */
function butFor(workload: string, changes: Parameters<typeof containerOf>[1]): ReturnType<typeof containerOf>[] {
  return containers.map((spec) => containerOf(spec, spec.workload === workload ? changes : {}));
}

test("nothing is to do when every container runs from the same normal form", () => {
  const plan = planStack(containers, running);
  expect(plan.unchanged).toBe(true);
  expect(describePlan(plan)).toBe("unchanged");
});

test("everything is created when nothing is there", () => {
  expect(describePlan(planStack(containers, []))).toBe(`${containers.length} to create`);
});

test("a container of another normal form is replaced, and only that one", () => {
  const plan = planStack(containers, butFor("trading", { spec: "other" }));
  expect(Object.entries(plan.changes).filter(([, change]) => change !== "keep")).toEqual([
    ["astra-dev-blue-trading-1", "replace"],
  ]);
});

test("a stopped service is started again", () => {
  expect(describePlan(planStack(containers, butFor("nft", { state: "exited", exitCode: 0 })))).toBe("1 to start");
});

test("a migration that failed runs again; one that has ended well does not", () => {
  expect(describePlan(planStack(containers, butFor("migrate", { exitCode: 1 })))).toBe("1 to start");
  expect(planStack(containers, running).changes["astra-dev-blue-migrate-1"]).toBe("keep");
});

test("what the model does not know goes", () => {
  const [first] = containers;
  if (first === undefined) throw new Error("no container");
  const plan = planStack(containers, [...running, containerOf({ ...first, name: "astra-dev-blue-old-1" })]);
  expect(plan.surplus).toEqual(["astra-dev-blue-old-1"]);
  expect(describePlan(plan)).toBe("1 to remove");
});

test("containers without a colour belong to the foundation", () => {
  const foundation = testStack("foundation").containers.map((spec) => containerOf(spec));
  expect(stackMembers([...foundation, ...running], "foundation")).toEqual(foundation);
  expect(stackMembers([...foundation, ...running], "blue")).toEqual(running);
  expect(stackMembers([...foundation, ...running], "green")).toEqual([]);
});
