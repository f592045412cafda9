import { describe, expect, test } from "vitest";
import { compareStack, type MachineFacts } from "../../../../infra/drift/compare.ts";
import { deployedStack } from "../../../../infra/drift/deployed.ts";
import type { DriftItem } from "../../../../infra/drift/drift.ts";
import { updatesInPlace } from "../../../../infra/drift/mend.ts";
import { driftText } from "../../../../infra/drift/text.ts";
import type { Container } from "../../../../infra/host/containers.ts";
import { formOf, type ContainerForm } from "../../../../infra/platform/container-form.ts";
import { LABELS } from "../../../../infra/platform/labels.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const model = testStack("foundation");
const deployed = deployedStack({ stack: "foundation", version: "1", containers: model.containers });
const REDIS = "astra-dev-redis-1";
const MIB = 1024 * 1024;

interface Hand {
  readonly container?: (container: Container) => Container | undefined;
  readonly form?: (form: ContainerForm) => ContainerForm;
  readonly more?: readonly Container[];
  readonly facts?: Partial<MachineFacts>;
}

/** The machine on which all of it runs, after somebody's hand was there. */
function machine({ container = (one) => one, form = (one) => one, more = [], facts = {} }: Hand = {}): MachineFacts {
  const containers = [...model.containers.flatMap((spec) => container(containerOf(spec)) ?? []), ...more];
  const forms = model.containers.map(formOf).map(form);
  return {
    environment: "dev",
    containers,
    real: new Map(forms.map((one) => [one.name, { id: `id-${one.name}`, imageId: `sha-${one.image}`, form: one }])),
    volumes: deployed.volumes,
    networks: deployed.networks,
    imageIds: new Map(model.containers.map((spec) => [spec.image, `sha-${spec.image}`])),
    ...facts,
  };
}

function redisOnly<T extends { readonly name: string }>(change: (one: T) => T): (one: T) => T {
  return (one) => (one.name === REDIS ? change(one) : one);
}

function found(hand: Hand): readonly DriftItem[] {
  return compareStack(deployed, machine(hand));
}

describe("what a stack is held against (R-DEP-6)", () => {
  test("a stack that nobody touched has no drift", () => {
    expect(found({})).toEqual([]);
    expect(driftText([])).toBe("no drift.");
  });

  test("a container that was removed is named, and made anew", () => {
    expect(found({ container: (one) => (one.name === REDIS ? undefined : one) })).toEqual([
      { stack: "foundation", kind: "container", name: REDIS, workload: "redis", problem: "missing", fields: [], mend: "create" },
    ]);
  });

  test("limits that `docker update` changed are put back without a restart", () => {
    const items = found({ form: redisOnly((form) => ({ ...form, memoryBytes: 256 * MIB, cpus: 0.1, cpuShares: 2, restart: "no" })) });
    expect(items).toMatchObject([{ name: REDIS, problem: "changed", mend: "in place" }]);
    expect(driftText(items).split("\n")).toEqual([
      "1 thing is not as deployed.",
      "",
      "foundation:",
      `  ! container ${REDIS} was changed`,
      "      memory: expected 512 MiB, found 256 MiB",
      "      cpus: expected 0.5, found 0.1",
      "      cpu shares: expected 8192, found 2",
      "      restart: expected unless-stopped, found no",
      "      ./astra up puts it back, without a restart",
    ]);
    const form = deployed.containers.find((one) => one.form.name === REDIS)?.form;
    expect(updatesInPlace(form as ContainerForm, items[0]?.fields ?? [])).toEqual([
      ["update", "--memory", String(512 * MIB), "--memory-swap", String(512 * MIB), "--cpus", "0.5", "--cpu-shares", "8192", "--restart", "unless-stopped", REDIS],
    ]);
  });

  test("a network that was left is joined again by its alias, and one too many is left", () => {
    const items = found({ form: redisOnly((form) => ({ ...form, networks: [{ name: "bridge", aliases: [] }] })) });
    expect(items).toMatchObject([{ name: REDIS, mend: "in place" }]);
    const form = deployed.containers.find((one) => one.form.name === REDIS)?.form;
    expect(updatesInPlace(form as ContainerForm, items[0]?.fields ?? [])).toEqual([
      ["network", "connect", "--alias", "redis", "astra-dev", REDIS],
      ["network", "disconnect", "bridge", REDIS],
    ]);
  });

  test.each([
    ["exited", "stopped", "start"],
    ["paused", "paused", "unpause"],
  ])("one that is %s goes on as it is", (state, problem, mend) => {
    expect(found({ container: redisOnly((one) => ({ ...one, state })) })).toMatchObject([{ name: REDIS, problem, mend, fields: [{ field: "state", expected: "running" }] }]);
  });

  test("a job that has ended well is as it shall be, and one that failed runs again", () => {
    const blue = testStack("blue");
    const facts = { ...machine(), containers: blue.containers.map((spec) => containerOf(spec)), real: new Map(blue.containers.map((spec) => [spec.name, { id: `id-${spec.name}`, imageId: "x", form: formOf(spec) }])) };
    const stack = deployedStack({ stack: "blue", version: "1", containers: blue.containers });
    const imageIds = new Map(blue.containers.map((spec) => [spec.image, "x"]));
    expect(compareStack(stack, { ...facts, imageIds })).toEqual([]);
    const failed = facts.containers.map((one) => (one.workload === "migrate" ? { ...one, exitCode: 1 } : one));
    expect(compareStack(stack, { ...facts, imageIds, containers: failed })).toMatchObject([{ name: "astra-dev-blue-migrate-1", problem: "stopped", mend: "create" }]);
  });

  test("what cannot be changed on a running container is another container: it goes, and the right one comes", () => {
    const items = found({ form: redisOnly((form) => ({ ...form, image: "redis:latest", environment: { ...form.environment, REDIS_PASSWORD: "hunter2" } })) });
    expect(items).toMatchObject([{ name: REDIS, problem: "replaced", mend: "replace" }]);
    expect(driftText(items)).toContain("image: expected astratrade/redis:0123456789ab, found redis:latest");
    expect(driftText(items)).not.toContain("hunter2");
  });

  test("a container of another id than the engine remembers is another one, however equal", () => {
    const remembered = { ...deployed, containers: deployed.containers.map((one) => ({ ...one, id: `id-${one.form.name}` })) };
    expect(compareStack(remembered, machine())).toEqual([]);
    const other = machine();
    const real = new Map([...other.real].map(([name, one]) => [name, name === REDIS ? { ...one, id: "another" } : one] as const));
    expect(compareStack(remembered, { ...other, real })).toMatchObject([{ name: REDIS, problem: "replaced", mend: "replace" }]);
  });

  test("another declaration is seen where no field tells it", () => {
    const items = found({ form: redisOnly((form) => ({ ...form, labels: { ...form.labels, [LABELS.spec]: "other" } })) });
    expect(items).toMatchObject([{ name: REDIS, mend: "replace", fields: [{ field: "declaration", found: "other" }] }]);
  });

  test("somebody else's container under our name is named and left alone", () => {
    const items = found({ container: redisOnly((one) => ({ ...one, environment: "" })) });
    expect(items).toMatchObject([{ name: REDIS, problem: "replaced", mend: "refused" }]);
  });

  test("a container with our labels that nobody deployed is one too many; Pulumi's writer of secret files is none", () => {
    const [spec] = model.containers;
    if (spec === undefined) throw new Error("no container");
    const more = [containerOf(spec, { name: "by-hand", id: "by-hand" }), containerOf(spec, { name: "astra-dev-secrets-1", workload: "secrets" }), containerOf(spec, { name: "astra-dev-green-x-1", colour: "green" })];
    expect(found({ more })).toMatchObject([{ name: "by-hand", problem: "foreign", mend: "remove" }]);
  });

  test("missing volumes and networks are named, the volume with what that means", () => {
    const items = found({ facts: { volumes: deployed.volumes.slice(1), networks: [] } });
    expect(items.map(({ kind, name, problem }) => ({ kind, name, problem }))).toEqual([
      { kind: "network", name: "astra-dev", problem: "missing" },
      { kind: "volume", name: deployed.volumes[0], problem: "missing" },
    ]);
    expect(driftText(items)).toContain("what was in it is gone");
  });

  test("a tag that names another image is named once, and the containers of it are left as they are", () => {
    const reference = "astratrade/exporters:0123456789ab";
    const imageIds = new Map(machine().imageIds);
    imageIds.set(reference, "sha-other");
    expect(found({ facts: { imageIds } })).toMatchObject([{ kind: "image", name: reference, mend: "in place", fields: [{ expected: `sha-${reference}`, found: "sha-other" }] }]);
    imageIds.delete(reference);
    expect(found({ facts: { imageIds } })).toMatchObject([{ kind: "image", name: reference, problem: "missing", mend: "in place" }]);
  });
});
