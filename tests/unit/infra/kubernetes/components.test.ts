import { describe, expect, test } from "vitest";
import { STACKS } from "../../../../infra/engine/model.ts";
import type { StackKey } from "../../../../infra/engine/engine.ts";
import { ClusterColour } from "../../../../infra/kubernetes/colour.ts";
import { ClusterFoundation } from "../../../../infra/kubernetes/foundation.ts";
import type { Manifest } from "../../../../infra/kubernetes/manifest.ts";
import { secrets } from "../../../../infra/platform/secrets.ts";
import { declare, opened, SECRET_MARK, type Declared } from "../../../support/pulumi-mocks.ts";
import { clusterStack, type ClusterStack } from "../../../support/kubernetes-stacks.ts";

async function declared(
  stack: StackKey,
  overrides: Readonly<Record<string, string>> = {},
  given: Readonly<Record<string, string>> = {},
): Promise<{ readonly cluster: ClusterStack; readonly resources: readonly Declared[] }> {
  const cluster = clusterStack(stack, overrides);
  const args = { settings: cluster.settings, manifests: cluster.manifests, version: "v1", given };
  const resources = await declare(stack, (opts) =>
    stack === "foundation" ? new ClusterFoundation("foundation", args, opts) : new ClusterColour(stack, args, opts),
  );
  return { cluster, resources };
}

/** Objects of the cluster, as the provider gets them; without what only tells Pulumi how to wait. */
function objects(resources: readonly Declared[]): readonly Manifest[] {
  return resources
    .filter((resource) => resource.type.startsWith("kubernetes:") && resource.inputs["kind"] !== "Secret")
    .map((resource) => {
      const { metadata, ...rest } = resource.inputs as unknown as Manifest & { metadata: { annotations?: unknown } };
      const { annotations, ...own } = metadata;
      expect(annotations).toEqual(rest.kind === "Service" ? { "pulumi.com/skipAwait": "true" } : undefined);
      return { ...rest, metadata: own } as Manifest;
    });
}

describe.each(STACKS)("the Pulumi components of %s on a cluster", (stack) => {
  test("declare exactly the objects that render writes (R-DEP-1, R-DEP-7)", async () => {
    const { cluster, resources } = await declared(stack);
    expect(objects(resources)).toEqual(cluster.all);
  });

  test("put every resource below its parent, name it after it, and never by what changes with a release", async () => {
    const { resources } = await declared(stack);
    const [root, ...children] = resources;
    expect(root?.parentName).toBeUndefined();
    for (const child of children) {
      expect(child.urn).toContain("$");
      expect(child.name.startsWith(`${child.parentName ?? "?"}-`), `${child.name} below ${child.parentName ?? "nothing"}`).toBe(true);
      expect(child.name).not.toMatch(/[0-9a-f]{10}/);
    }
    expect(new Set(resources.map((resource) => `${resource.type}${resource.name}`)).size).toBe(resources.length);
  });
});

test("the foundation generates every secret and hands them over in one Secret, seen nowhere else", async () => {
  const { resources } = await declared("foundation");
  const secret = resources.find((resource) => resource.inputs["kind"] === "Secret");
  expect(secret?.inputs["metadata"]).toMatchObject({ name: "astratrade-secrets", namespace: "astra-dev" });
  // Marked as secret all together: the engine never sees them in clear.
  expect(secret?.inputs["stringData"]).toHaveProperty("4dabf18193072939515e22adb298388d");
  const values = opened(secret?.inputs["stringData"]) as Record<string, string>;
  expect(Object.keys(values).toSorted()).toEqual(secrets.map((declaration) => declaration.name).toSorted());
  expect(Object.values(values).every((value) => value.startsWith(SECRET_MARK))).toBe(true);
  for (const resource of resources) if (resource !== secret) expect(JSON.stringify(resource.inputs)).not.toContain(SECRET_MARK);
});

test("a colour makes no secrets and no namespace: it stands on the foundation", async () => {
  const { resources } = await declared("green");
  const types = new Set(resources.map((resource) => resource.type));
  expect([...types].filter((type) => /Secret|Namespace|random/.test(type))).toEqual([]);
});

test("R-SVC-1 a colour with a chain hands its key to nft in a Secret of its own, seen nowhere else", async () => {
  const overrides = { "chain.url": "http://node.example.com:8545", "chain.contract": `0x${"ab".repeat(20)}`, "chain.keyFile": "chain.key" };
  const { cluster, resources } = await declared("green", overrides, { chain_key: `${SECRET_MARK}chain_key` });
  const made = resources.filter((resource) => resource.inputs["kind"] === "Secret");
  expect(made.map(({ inputs }) => inputs["metadata"])).toEqual([
    expect.objectContaining({ name: "astratrade-secrets-green", namespace: "astra-dev", labels: { "astratrade.environment": "dev", "astratrade.colour": "green" } }),
  ]);
  expect(made[0]?.inputs["stringData"]).toHaveProperty("4dabf18193072939515e22adb298388d");
  expect(opened(made[0]?.inputs["stringData"])).toEqual({ chain_key: `${SECRET_MARK}chain_key` });
  for (const resource of resources) if (resource !== made[0]) expect(JSON.stringify(resource.inputs)).not.toContain(SECRET_MARK);
  expect(objects(resources)).toEqual(cluster.all);
});
