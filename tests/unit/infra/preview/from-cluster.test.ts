import { describe, expect, test } from "vitest";
import { isImmutable, type DryRun } from "../../../../infra/kubernetes/dry-run.ts";
import { objectsOf, type ClusterObject } from "../../../../infra/kubernetes/stack-objects.ts";
import { previewOfCluster } from "../../../../infra/preview/from-cluster.ts";
import { impactOf } from "../../../../infra/preview/impact.ts";
import { critical } from "../../../../infra/preview/preview.ts";
import { clusterStack, object } from "../../../support/kubernetes-stacks.ts";

const foundation = clusterStack("foundation");
const blue = clusterStack("blue");
const store = object(foundation, "StatefulSet", "redis");

/** An object as a server shows it: with what it writes for itself. */
function served(manifest: DryRun["manifest"], resourceVersion: string): ClusterObject {
  const copy = JSON.parse(JSON.stringify(manifest)) as ClusterObject;
  return { ...copy, metadata: { ...copy.metadata, resourceVersion, uid: "u", generation: 1 } as ClusterObject["metadata"], status: { replicas: 1 } };
}

const same = (manifest: DryRun["manifest"]): DryRun => ({ manifest, live: served(manifest, "1"), after: served(manifest, "2") });

describe("the preview of a cluster (R-DEP-1, R-DEP-7)", () => {
  test("finds nothing where the server would change nothing but what is its own", () => {
    expect(previewOfCluster("foundation", foundation.all.map(same), [])).toEqual({ items: [], unchanged: foundation.all.length });
  });

  test("creates what is not there", () => {
    const preview = previewOfCluster("blue", blue.all.map((manifest) => ({ manifest })), []);
    expect(preview.items.every((item) => item.change === "create")).toBe(true);
    expect(preview.items).toHaveLength(blue.all.length);
  });

  test("names each path that differs, and puts a store's restart on top", () => {
    const run = same(store);
    const after = JSON.parse(JSON.stringify(run.after).replaceAll('"512Mi"', '"768Mi"')) as ClusterObject;
    const { items } = previewOfCluster("foundation", [{ ...run, after }], []);
    expect(items).toMatchObject([{ change: "update", name: "StatefulSet redis", keepsData: true, interrupts: true }]);
    expect(items[0]?.fields).toEqual([{ field: "spec.template.spec.containers.0.resources.limits.memory", from: "512Mi", to: "768Mi" }]);
    expect(critical(items)).toHaveLength(1);
  });

  test("replaces what cannot be changed in place, with the cluster's own words below what it means", () => {
    const { items } = previewOfCluster("foundation", [{ manifest: store, live: served(store, "1"), immutable: "updates to statefulset spec are forbidden" }], []);
    expect(items.map(impactOf)[0]).toMatch(/^It stops and starts again on the same volume/);
    expect(items).toMatchObject([{ change: "replace", name: "StatefulSet redis", fields: [{ field: "cannot be changed in place: updates to statefulset spec are forbidden" }] }]);
    expect(critical(items)).toHaveLength(1);
  });

  test("takes a job of another content for the same job replaced, and removes what is not wanted", () => {
    const [job] = blue.all.filter((manifest) => manifest.kind === "Job");
    if (job === undefined) throw new Error("there is no job");
    const before = { ...served(job, "1"), metadata: { ...served(job, "1").metadata, name: "migrate-blue-0000000000" } };
    const old: ClusterObject = { kind: "Service", metadata: { name: "old", labels: { "astratrade.workload": "old" } } };
    const { items } = previewOfCluster("blue", [{ manifest: job, after: served(job, "2") }], [before, old]);
    expect(items.map((item) => `${item.change} ${item.name}`)).toEqual(["replace Job migrate-blue", "delete Service old"]);
  });
});

test("what kubectl prints is read as a list, as one object, and as several after each other", () => {
  const one = { kind: "Service", metadata: { name: "a" } };
  expect(objectsOf(JSON.stringify({ kind: "List", items: [one] }))).toEqual([one]);
  expect(objectsOf(`${JSON.stringify(one, null, 2)}\n${JSON.stringify(one, null, 2)}\n`)).toEqual([one, one]);
  expect(objectsOf("")).toEqual([]);
});

test.each([
  ['The StatefulSet "redis" is invalid: spec: Forbidden: updates to statefulset spec for fields other than \'replicas\'', true],
  ["spec.template: Invalid value: field is immutable", true],
  ["spec.clusterIPs[0]: Invalid value: may not change once set", true],
  ['deployments.apps is forbidden: User "x" cannot patch resource', false],
])("%s: made anew is %s", (complaint, expected) => {
  expect(isImmutable(complaint)).toBe(expected);
});
