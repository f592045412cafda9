import { expect, test } from "vitest";
import { previewOfPulumi } from "../../../../infra/preview/from-pulumi.ts";
import { counts, critical } from "../../../../infra/preview/preview.ts";
import { declaredStack } from "../../../support/docker-stacks.ts";
import type { Declared } from "../../../support/pulumi-mocks.ts";

const before = await declaredStack("foundation");
const after = await declaredStack("foundation", { "resources.postgres.memoryMb": "768" });

function state(resource: Declared, extra: object = {}): object {
  return { urn: resource.urn, type: resource.type, custom: !resource.type.startsWith("astratrade:"), inputs: resource.inputs, ...extra };
}

function find(resources: readonly Declared[], name: string): Declared {
  const found = resources.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`no resource ${name}`);
  return found;
}

/** As the engine tells it with `--refresh`: first what it has read, then what it would do. */
function told(steps: readonly object[]): string {
  const refreshed = before.resources.map((resource) => ({ op: "refresh", urn: resource.urn, oldState: state(resource), newState: state(resource) }));
  return JSON.stringify({ config: {}, steps: [...refreshed, ...steps], diagnostics: [], changeSummary: {} });
}

test("a stack that is as it shall be has no changes, and components do not count", () => {
  const real = before.resources.filter((resource) => !resource.type.startsWith("astratrade:"));
  expect(previewOfPulumi("foundation", told([]))).toEqual({ items: [], unchanged: real.length });
});

test("a replacement is one change however many steps tell it, with old and new of each field", () => {
  const [old, next] = [before, after].map((stack) => find(stack.resources, "foundation-postgres-1"));
  if (old === undefined || next === undefined) throw new Error("no postgres");
  const steps = ["delete-replaced", "replace", "create-replacement"].map((op) => ({
    op,
    urn: old.urn,
    oldState: state(old),
    ...(op === "delete-replaced" ? {} : { newState: state(next) }),
    diffReasons: ["labels", "memory", "memorySwap"],
    replaceReasons: ["labels"],
  }));
  const { items } = previewOfPulumi("foundation", told(steps));
  expect(items).toEqual([
    {
      stack: "foundation",
      kind: "container",
      name: "astra-dev-postgres-1",
      workload: "postgres",
      change: "replace",
      keepsData: true,
      fields: [{ field: "memory", from: "512 MiB", to: "768 MiB" }],
    },
  ]);
  expect(critical(items)).toEqual(items);
});

test("what the form does not hold is named as Pulumi names it", () => {
  const writer = find(before.resources, "foundation-secrets-writer");
  const steps = [{ op: "update", urn: writer.urn, oldState: state(writer), newState: state(writer), diffReasons: ["uploads"] }];
  expect(previewOfPulumi("foundation", told(steps)).items).toMatchObject([
    { name: "astra-dev-secrets-1", change: "update", keepsData: false, fields: [{ field: "uploads" }] },
  ]);
});

test("a deleted data volume is critical, and one that Pulumi only forgets is said to stay; secret volumes hold no data", () => {
  const steps = [
    { op: "delete", urn: find(before.resources, "foundation-volume-postgres").urn, oldState: state(find(before.resources, "foundation-volume-postgres"), { retainOnDelete: true }) },
    { op: "delete", urn: find(before.resources, "foundation-volume-redis").urn, oldState: state(find(before.resources, "foundation-volume-redis")) },
    { op: "delete", urn: find(before.resources, "foundation-secrets-redis").urn, oldState: state(find(before.resources, "foundation-secrets-redis")) },
  ];
  const { items } = previewOfPulumi("foundation", told(steps));
  expect(counts(items)).toEqual({ create: 0, update: 0, replace: 0, delete: 3 });
  expect(critical(items).map(({ name, note }) => ({ name, note }))).toEqual([
    { name: "astra-dev-postgres", note: "Pulumi forgets it; the volume and its data stay on the machine" },
    { name: "astra-dev-redis", note: undefined },
  ]);
});

test("a value that Pulumi does not know yet is said to be unknown, and a secret is never looked for", () => {
  const redis = find(before.resources, "foundation-redis-1");
  const unknown = { ...redis.inputs, image: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
  const steps = [{ op: "replace", urn: redis.urn, oldState: state(redis), newState: { ...state(redis), inputs: unknown } }];
  expect(previewOfPulumi("foundation", told(steps)).items[0]?.fields).toEqual([
    { field: "image", from: "astratrade/redis:0123456789ab", to: "(known after the deployment)" },
  ]);
});
