import type { ResourceValidationArgs } from "@pulumi/policy";
import { expect, test } from "vitest";
import { STACKS } from "../../../../infra/engine/model.ts";
import { containerRules } from "../../../../infra/policy/check.ts";
import { policies } from "../../../../infra/policy/pack/policies.ts";
import { declaredStack, TYPES } from "../../../support/docker-stacks.ts";
import type { Declared } from "../../../support/pulumi-mocks.ts";

/** What the pack's policies say of a resource, as the engine would ask them. */
async function said(resource: Pick<Declared, "type" | "inputs">): Promise<readonly string[]> {
  const reports: string[] = [];
  const args = { type: resource.type, props: resource.inputs } as unknown as ResourceValidationArgs;
  for (const { name, validateResource } of policies) {
    for (const validate of [validateResource ?? []].flat()) await validate(args, (message) => reports.push(`${name}: ${message}`));
  }
  return reports;
}

test("the policy pack holds every rule for containers, and each is mandatory", () => {
  expect(policies.map((policy) => policy.name)).toEqual(containerRules.map((rule) => rule.id));
  expect(policies.every((policy) => policy.enforcementLevel === "mandatory")).toBe(true);
});

test.each(STACKS)("the policy pack accepts every resource of %s", async (stack) => {
  const { resources } = await declaredStack(stack);
  expect((await Promise.all(resources.map(said))).flat()).toEqual([]);
});

test("the policy pack refuses a container that says nothing, by every rule that needs something said", async () => {
  const reports = await said({ type: TYPES.container, inputs: { name: "bare", image: "redis", networkMode: "host" } });
  expect(reports.map((report) => report.split(":")[0])).toEqual([
    "memory-limit",
    "cpu-limit",
    "health-check",
    "grace-period",
    "restart-policy",
    "log-rotation",
    "pinned-image",
    "published-ports",
    "non-root-user",
    "read-only-root",
    "no-capabilities",
    "no-new-privileges",
  ]);
  expect(reports[0]).toBe("memory-limit: bare has no memory limit. Fix: set memory, and memory with swap to the same.");
});

test("the policy pack leaves other resources alone", async () => {
  expect(await said({ type: "docker:index/volume:Volume", inputs: {} })).toEqual([]);
});

test("the policy pack notices time to stop that only one of Docker and the provider gives", async () => {
  const { resources } = await declaredStack("foundation");
  const redis = resources.find((resource) => resource.inputs["name"] === "astra-dev-redis-1");
  expect(await said({ type: TYPES.container, inputs: { ...redis?.inputs, destroyGraceSeconds: undefined } })).toEqual([
    "grace-period: astra-dev-redis-1 is killed without time to stop. Fix: raise stop.graceSeconds (under Pulumi stopTimeout and destroyGraceSeconds).",
  ]);
});
