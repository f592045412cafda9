import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compareStack } from "../../../../infra/drift/compare.ts";
import { deployedStack, forgetDeployed, readDeployed, writeDeployed } from "../../../../infra/drift/deployed.ts";
import { deployedByPulumi, withRecord } from "../../../../infra/drift/from-pulumi-state.ts";
import { driftOfPreview } from "../../../../infra/drift/on-cluster.ts";
import { containerArgs } from "../../../../infra/docker/container-args.ts";
import { formOf } from "../../../../infra/platform/container-form.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

test("what was deployed is written down as it is, and forgotten while it is made anew (R-DEP-6)", async () => {
  const folder = await mkdtemp(join(tmpdir(), "astra-deployed-"));
  try {
    const record = { stack: "blue" as const, version: "1", containers: testStack("blue").containers };
    expect(await readDeployed("dev", "blue", folder)).toBeUndefined();
    await writeDeployed("dev", record, folder);
    expect(deployedStack((await readDeployed("dev", "blue", folder)) ?? record)).toEqual(deployedStack(record));
    await forgetDeployed("dev", "blue", folder);
    expect(await readDeployed("dev", "blue", folder)).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("Pulumi's state says the same of a stack as the model, so that nothing drifts that nobody touched", () => {
  const { containers } = testStack("foundation");
  const resources = [
    { type: "pulumi:pulumi:Stack" },
    { type: "docker:index/network:Network", id: "n", inputs: { name: "astra-dev" } },
    { type: "docker:index/volume:Volume", id: "v", inputs: { name: "astra-dev-redis-secrets" } },
    { type: "docker:index/container:Container", id: "w", inputs: { name: "astra-dev-secrets-1", labels: [{ label: "astratrade.workload", value: "secrets" }] } },
    ...containers.map((spec) => ({
      type: "docker:index/container:Container",
      id: `id-${spec.name}`,
      inputs: containerArgs(spec, { networkName: "astra-dev", secretsVolume: `astra-dev-${spec.workload}-secrets`, attempts: new Map() }) as unknown as Record<string, unknown>,
    })),
  ];
  const stack = deployedByPulumi("foundation", { deployment: { resources } });
  if (stack === undefined) throw new Error("no stack");
  expect(stack.containers.map(({ form }) => form.name)).toEqual(containers.map(({ name }) => name));
  expect(stack.networks).toEqual(["astra-dev"]);
  expect(stack.volumes).toContain("astra-dev-redis-secrets");
  const real = new Map(containers.map((spec) => [spec.name, { id: `id-${spec.name}`, imageId: "i", form: formOf(spec) }]));
  const facts = { environment: "dev", containers: containers.map((spec) => containerOf(spec)), real, volumes: stack.volumes, networks: stack.networks, imageIds: new Map(containers.map((spec) => [spec.image, "i"])) };
  expect(compareStack(stack, facts)).toEqual([]);
});

test("what a plain refresh took into Pulumi's state is held against what was written down", () => {
  const { containers } = testStack("blue");
  const stack = deployedStack({ stack: "blue", version: "1", containers });
  const refreshed = { ...stack, containers: stack.containers.map((one) => ({ ...one, id: one.form.name, secretFiles: undefined, form: { ...one.form, memoryBytes: 1 } })) };
  expect(withRecord(refreshed, { containers }).containers.map(({ form }) => form.memoryBytes)).toEqual(stack.containers.map(({ form }) => form.memoryBytes));
  expect(withRecord(refreshed, { containers }).containers[1]).toMatchObject({ id: stack.containers[1]?.form.name, secretFiles: stack.containers[1]?.secretFiles });
  expect(withRecord(refreshed, { containers: testStack("blue", { logLevel: "debug" }).containers })).toEqual(refreshed);
  expect(withRecord(refreshed, undefined)).toEqual(refreshed);
});

test("a state without containers, or none, is a stack that does not stand", () => {
  expect(deployedByPulumi("blue", undefined)).toBeUndefined();
  expect(deployedByPulumi("blue", { deployment: { resources: [{ type: "random:index/randomPassword:RandomPassword" }] } })).toBeUndefined();
});

test("on a cluster, what applying once more would change has changed since", () => {
  const item = { stack: "foundation", kind: "object" as const, name: "Deployment redis", workload: "redis", keepsData: false };
  const preview = { items: [{ ...item, change: "update" as const, fields: [{ field: "spec.replicas", from: "3", to: "1" }] }, { ...item, change: "create" as const, fields: [] }], unchanged: 0 };
  expect(driftOfPreview("foundation", preview)).toMatchObject([
    { problem: "changed", mend: "in place", fields: [{ field: "spec.replicas", expected: "1", found: "3" }] },
    { problem: "missing", mend: "create" },
  ]);
});
