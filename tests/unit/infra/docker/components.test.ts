import { describe, expect, test } from "vitest";
import { fromDockerInputs } from "../../../../infra/docker/from-inputs.ts";
import { STACKS } from "../../../../infra/engine/model.ts";
import { formOf } from "../../../../infra/platform/container-form.ts";
import { secrets } from "../../../../infra/platform/secrets.ts";
import { declaredStack, TYPES, workloadContainers } from "../../../support/docker-stacks.ts";
import { opened, SECRET_MARK, type Declared } from "../../../support/pulumi-mocks.ts";

function count(resources: readonly Declared[], type: string): number {
  return resources.filter((resource) => resource.type === type).length;
}

describe("the Pulumi components", () => {
  test.each(STACKS)("say of every container of %s exactly what the model says (R-DEP-1, R-DEP-4)", async (stack) => {
    const declared = await declaredStack(stack);
    const containers = workloadContainers(declared);
    expect(containers.map((resource) => resource.inputs["name"])).toEqual(declared.model.containers.map((spec) => spec.name));
    for (const [index, spec] of declared.model.containers.entries())
      expect(fromDockerInputs(containers[index]?.inputs ?? {})).toEqual(formOf(spec));
  });

  test.each(STACKS)("put every resource of %s below its parent, and name it after it", async (stack) => {
    const { resources } = await declaredStack(stack);
    const [root, ...children] = resources;
    expect(root?.parentName).toBeUndefined();
    expect(children.length).toBeGreaterThan(10);
    for (const child of children) {
      expect(child.urn).toContain("$");
      expect(child.name.startsWith(`${child.parentName ?? "?"}-`), `${child.name} below ${child.parentName ?? "nothing"}`).toBe(true);
    }
  });

  test("declare the foundation whole: one network, its data volumes, every secret, every workload (R-DEP-1, R-DEP-2)", async () => {
    const { resources, model } = await declaredStack("foundation");
    const withSecrets = model.workloads.filter((workload) => workload.secrets.length > 0).length;
    expect(count(resources, TYPES.network)).toBe(1);
    const data = new Set(model.workloads.flatMap((workload) => workload.volumes.map((mount) => mount.volume)));
    expect([...data]).toEqual(expect.arrayContaining(["postgres", "redis", "prometheus", "alertmanager"]));
    // And one that is no data: the configuration of the edge and of monitoring.
    expect(count(resources, TYPES.volume)).toBe(data.size + withSecrets + 1);
    expect(count(resources, TYPES.password)).toBe(secrets.length);
    expect(count(resources, TYPES.service)).toBe(model.workloads.length);
    expect(count(resources, TYPES.container)).toBe(model.containers.length + 1);
  });

  test("declare a colour without network, passwords or data volumes: it stands on the foundation", async () => {
    const { resources, model } = await declaredStack("blue");
    expect(count(resources, TYPES.network)).toBe(0);
    expect(count(resources, TYPES.password)).toBe(0);
    expect(count(resources, TYPES.service)).toBe(8);
    expect(count(resources, TYPES.container)).toBe(9);
    expect(resources.filter((resource) => resource.type === TYPES.volume).map((resource) => resource.inputs["name"])).toEqual(
      model.workloads.filter((workload) => workload.secrets.length > 0).map((workload) => `astra-dev-blue-${workload.name}-secrets`),
    );
  });

  test("declare blue and green alike but for the colour (R-DEP-2)", async () => {
    const blue = await declaredStack("blue");
    const green = await declaredStack("green");
    const asBlue = (text: string) => text.replaceAll("green", "blue");
    const hash = /"label":"astratrade.spec","value":"[0-9a-f]+"/g;
    const text = (resource: Declared) => asBlue(JSON.stringify(resource)).replaceAll(hash, "");
    expect(green.resources.map(text)).toEqual(blue.resources.map(text));
  });

  test("publish ports on loopback only, but for the edge's one (R-DEP-2)", async () => {
    const blue = await declaredStack("blue");
    expect(workloadContainers(blue).flatMap((resource) => resource.inputs["ports"])).toEqual([]);
    const foundation = await declaredStack("foundation", { portOffset: "20000" });
    const ports = workloadContainers(foundation).flatMap((resource) => resource.inputs["ports"] as { external: number; ip: string }[]);
    expect(ports.filter((port) => port.ip !== "127.0.0.1")).toEqual([{ internal: 8000, external: 28_000, ip: "0.0.0.0", protocol: "tcp" }]);
    expect(ports.map((port) => port.external).sort()).toEqual([
      23_000, 25_432, 26_379, 28_000, 28_001, 28_002, 28_003, 28_004, 28_005, 28_006, 29_090, 29_093, 36_686,
    ]);
  });

  test("start several instances of one service with names of their own", async () => {
    const { resources } = await declaredStack("blue", { "replicas.user": "2" });
    const names = resources.filter((resource) => resource.parentName === "blue-user").map((resource) => [resource.name, resource.inputs["name"]]);
    expect(names).toEqual([
      ["blue-user-1", "astra-dev-blue-user-1"],
      ["blue-user-2", "astra-dev-blue-user-2"],
    ]);
  });
});

describe("secrets", () => {
  test.each(STACKS)("of %s reach containers as files of uid 1000 alone, and nothing else (R-DEP-1)", async (stack) => {
    const { resources, model } = await declaredStack(stack);
    const writer = resources.find((resource) => resource.name.endsWith("-secrets-writer"));
    const uploads = opened(writer?.inputs["uploads"]) as { file: string; content: string; permissions: string }[];
    const wanted = model.workloads.flatMap((workload) => [...workload.secrets].sort().map((name) => `/secrets/${workload.name}/${name}`));
    expect(uploads.map((upload) => upload.file)).toEqual(wanted);
    expect(new Set(uploads.map((upload) => upload.permissions))).toEqual(new Set(["0400"]));
    expect(uploads.every((upload) => upload.content.startsWith(SECRET_MARK))).toBe(true);
    for (const resource of resources) {
      const others = Object.entries(resource.inputs).filter(([key]) => key !== "uploads");
      expect(JSON.stringify(others)).not.toContain(SECRET_MARK);
    }
  });

  test("are written by a container that may do nothing but give files away", async () => {
    const { resources } = await declaredStack("blue");
    const inputs = resources.find((resource) => resource.name === "blue-secrets-writer")?.inputs;
    expect(inputs).toMatchObject({
      name: "astra-dev-blue-secrets-1",
      command: ["chown", "-R", "1000:1000", "/secrets"],
      user: "0:0",
      networkMode: "none",
      capabilities: { adds: ["CAP_CHOWN"], drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      restart: "no",
      mustRun: false,
      attach: true,
    });
    expect(inputs).not.toHaveProperty("envs");
    expect(inputs).not.toHaveProperty("ports");
  });

  test("are generated without special characters and without a reason to change", async () => {
    const { resources } = await declaredStack("foundation");
    const password = resources.find((resource) => resource.name === "foundation-secret-postgres-users-app");
    expect(password?.inputs).toEqual({ length: 32, special: false });
  });
});

test("a job that failed before differs by one label, so that it runs again", async () => {
  const attempts = new Map([["astra-dev-blue-migrate-1", "0a1b2c3d4e5f"]]);
  const labels = async (given: ReadonlyMap<string, string>) =>
    (await declaredStack("blue", {}, given)).resources.find((resource) => resource.name === "blue-migrate-1")?.inputs["labels"] as unknown[];
  expect(await labels(attempts)).toEqual([...(await labels(new Map())), { label: "astratrade.attempt", value: "0a1b2c3d4e5f" }]);
});
