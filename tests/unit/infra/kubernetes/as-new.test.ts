import { describe, expect, test } from "vitest";
import { templatesAsNew, withoutAdditions } from "../../../../infra/kubernetes/as-new.ts";
import type { Kubectl } from "../../../../infra/kubernetes/kubectl.ts";
import type { ClusterObject } from "../../../../infra/kubernetes/stack-objects.ts";
import { previewOfCluster } from "../../../../infra/preview/from-cluster.ts";
import { clusterStack, object } from "../../../support/kubernetes-stacks.ts";

const edge = object(clusterStack("foundation"), "Deployment", "edge");
const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "main", env: [{ name: "ONE", value: "1" }] }] } };
const added = { ...template, spec: { containers: [{ name: "main", env: [{ name: "ONE", value: "1" }, { name: "FOO", value: "bar" }] }] } };
const deployment = (pods: unknown): ClusterObject => ({ kind: "Deployment", metadata: { name: "edge" }, spec: { template: pods } });

describe("what somebody has added to pods by hand (R-DEP-6, R-DEP-7)", () => {
  test("is what they have beyond what the cluster would make of them as new", () => {
    expect(withoutAdditions(deployment(added), template)).toEqual(template);
    expect(withoutAdditions(deployment(template), template)).toBeUndefined();
    expect(withoutAdditions(deployment(template), undefined)).toBeUndefined();
    expect(withoutAdditions({ kind: "Service", metadata: { name: "edge" }, spec: {} }, undefined)).toBeUndefined();
  });

  test("is not the mark of a restart, which stays whatever else is taken away", () => {
    const marked = (pods: typeof template) => ({ ...pods, metadata: { ...pods.metadata, annotations: { "kubectl.kubernetes.io/restartedAt": "now" } } });
    expect(withoutAdditions(deployment(marked(template)), template)).toBeUndefined();
    expect(withoutAdditions(deployment(marked(added)), template)).toEqual(marked(template));
  });

  test("is named in a preview and as drift, path by path", () => {
    const { items } = previewOfCluster("foundation", [{ manifest: edge, live: deployment(added), after: deployment(template), pods: template }], []);
    expect(items).toMatchObject([{ change: "update", fields: [{ field: "spec.template.spec.containers.0.env.1", from: '{"name":"FOO","value":"bar"}' }] }]);
  });

  test("is asked for under other names, by a dry run, and only of what has pods", async () => {
    const asked: { args: readonly string[]; input: string }[] = [];
    const kubectl = {
      run: async (args: readonly string[], { input = "" }) => {
        asked.push({ args, input });
        return await Promise.resolve({ code: 0, stdout: JSON.stringify({ ...deployment(template), metadata: { name: "edge-as-new" } }), stderr: "" });
      },
    } as unknown as Kubectl;
    expect(await templatesAsNew(kubectl, clusterStack("foundation").all.filter(({ kind }) => kind === "Service"))).toEqual(new Map());
    expect(asked).toEqual([]);
    expect(await templatesAsNew(kubectl, [edge])).toEqual(new Map([["Deployment edge", template]]));
    expect(asked[0]?.args).toContain("--dry-run=server");
    expect(asked[0]?.input).toContain("name: edge-as-new");
    const refusing = { run: async () => await Promise.resolve({ code: 1, stdout: "", stderr: "forbidden" }) } as unknown as Kubectl;
    expect(await templatesAsNew(refusing, [edge])).toEqual(new Map());
  });
});
