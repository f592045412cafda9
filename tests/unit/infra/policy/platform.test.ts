import { describe, expect, test } from "vitest";
import { fromDockerInputs } from "../../../../infra/docker/from-inputs.ts";
import { STACKS } from "../../../../infra/engine/model.ts";
import { formOf } from "../../../../infra/platform/container-form.ts";
import { isJob } from "../../../../infra/platform/jobs.ts";
import { SECRETS_WRITER } from "../../../../infra/platform/names.ts";
import { checkContainer, containerRules } from "../../../../infra/policy/check.ts";
import { exceptions } from "../../../../infra/policy/exceptions.ts";
import { testForm } from "../../../support/container-forms.ts";
import { declaredStack, TYPES } from "../../../support/docker-stacks.ts";
import { testStack } from "../../../support/platform-models.ts";

const variants: readonly Readonly<Record<string, string>>[] = [
  {},
  { mode: "production", logLevel: "debug" },
  { portOffset: "20000", ephemeral: "true" },
  { "replicas.trading": "2", "resources.postgres.memoryMb": "2048" },
  { target: "kubernetes" },
];

describe("the platform as it is", () => {
  test.each(variants)("keeps every rule with config %j", (overrides) => {
    const containers = STACKS.flatMap((stack) => testStack(stack, overrides).containers);
    expect(containers.length).toBeGreaterThan(20);
    expect(containers.flatMap((spec) => checkContainer(formOf(spec)))).toEqual([]);
  });

  test.each(STACKS)("keeps every rule in what Pulumi's provider gets for %s, its own container included", async (stack) => {
    const { resources } = await declaredStack(stack);
    const forms = resources.filter((resource) => resource.type === TYPES.container).map((resource) => fromDockerInputs(resource.inputs));
    expect(forms.some((form) => form.workload === SECRETS_WRITER)).toBe(true);
    expect(forms.flatMap(checkContainer)).toEqual([]);
  });

  test("knows its jobs", () => {
    for (const spec of STACKS.flatMap((stack) => testStack(stack).containers)) expect(isJob(spec.workload)).toBe(spec.oneShot);
  });
});

describe("the exceptions", () => {
  test("are all needed, and give a reason", async () => {
    const { resources } = await declaredStack("foundation");
    const forms = resources.filter((resource) => resource.type === TYPES.container).map((resource) => fromDockerInputs(resource.inputs));
    for (const { workload, rule, reason } of exceptions) {
      const form = forms.find((candidate) => candidate.workload === workload);
      const broken = form && containerRules.find((candidate) => candidate.id === rule)?.check(form);
      expect(broken, `${workload} keeps ${rule}: remove the exception`).toBeDefined();
      expect(reason.length).toBeGreaterThan(20);
    }
  });

  test("leave the agent, which has the engine's socket, without ports, and with no secrets but what it takes to move traffic", () => {
    const { mounts, ports } = testForm("agent");
    expect(mounts.map((mount) => mount.type)).toEqual(["secrets", "tmpfs", "bind"]);
    const agent = testStack("foundation").workloads.find((workload) => workload.name === "agent");
    expect(agent?.secrets).toEqual(["agent_token", "redis"]);
    expect(ports).toEqual([]);
  });
});
