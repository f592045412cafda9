import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { driftOfCluster } from "../../../../infra/drift/on-cluster.ts";
import { environmentConfig } from "../../../../infra/engine/model.ts";
import type { RunOptions, RunResult } from "../../../../infra/host/run.ts";
import { Kubectl } from "../../../../infra/kubernetes/kubectl.ts";
import type { Manifest } from "../../../../infra/kubernetes/manifest.ts";
import { objectKey, type ClusterObject } from "../../../../infra/kubernetes/stack-objects.ts";
import { clusterStack } from "../../../support/kubernetes-stacks.ts";

/** A cluster that has these objects and takes every one that it is asked about; nobody changes it. */
class Cluster extends Kubectl {
  readonly #objects: readonly ClusterObject[];

  constructor(objects: readonly ClusterObject[]) {
    super("here", "https://nowhere", "astra-dev");
    this.#objects = objects;
  }

  override async run(args: readonly string[], { input = "" }: Partial<RunOptions> = {}): Promise<RunResult> {
    const asked = parseAllDocuments(input).map((document) => document.toJS() as ClusterObject);
    if (args[0] === "apply") return await Promise.resolve({ code: args.includes("--dry-run=server") ? 0 : 1, stdout: asked.map((object) => JSON.stringify(object)).join("\n"), stderr: "" });
    return await Promise.resolve({ code: 0, stdout: "", stderr: "" });
  }

  override async orFail(args: readonly string[], { input = "" }: Partial<RunOptions> = {}): Promise<string> {
    const names = new Set(parseAllDocuments(input).map((document) => objectKey(document.toJS() as ClusterObject)));
    const items = args.includes("--filename") ? this.#objects.filter((object) => names.has(objectKey(object))) : this.#objects.filter(({ kind }) => kind !== "Namespace");
    return await Promise.resolve(JSON.stringify({ kind: "List", items }));
  }
}

const { all } = clusterStack("blue");
const target = environmentConfig("dev", { target: "kubernetes" }).targets.blue;
const live = JSON.parse(JSON.stringify(all)) as readonly ClusterObject[];

async function drift(objects: readonly ClusterObject[], manifests: readonly Manifest[] = all): Promise<readonly string[]> {
  const items = await driftOfCluster(new Cluster(objects), target, manifests);
  return items.map(({ name, problem, mend, fields }) => `${name} ${problem}: ${mend} ${fields.map(({ field, expected, found }) => `${field} ${expected ?? ""} ${found ?? ""}`).join()}`.trim());
}

test("a stack on a cluster that nobody touched has no drift (R-DEP-6, R-DEP-7)", async () => {
  expect(await drift(live)).toEqual([]);
});

test("objects that were changed, removed or added by hand are named, with expected and found", async () => {
  const changed = live.flatMap((object) => {
    if (objectKey(object) === "Deployment nft-blue") return [];
    return objectKey(object) === "Deployment user-blue" ? [{ ...object, spec: { ...object.spec, replicas: 7 } }] : [object];
  });
  const [added] = live.filter(({ kind }) => kind === "Service");
  if (added === undefined) throw new Error("no service");
  const lines = await drift([...changed, { ...added, metadata: { ...added.metadata, name: "by-hand" } }]);
  expect(lines).toEqual(expect.arrayContaining(["Deployment nft-blue missing: create", "Deployment user-blue changed: in place spec.replicas 1 7", "Service by-hand foreign: remove"]));
  expect(lines).toHaveLength(3);
});
