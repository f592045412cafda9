import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run, type RunResult } from "../../../../infra/host/run.ts";
import type { Manifest } from "../../../../infra/kubernetes/manifest.ts";
import { manifestsYaml } from "../../../../infra/kubernetes/yaml.ts";
import { clusterStack, object, pods } from "../../../support/kubernetes-stacks.ts";

const KUBECTL_MS = 60_000;
const hasCluster = (process.env["KUBECONFIG"] ?? "") !== "";
const namespace = `astra-test-${randomBytes(4).toString("hex")}`;

async function kubectl(args: readonly string[], input?: string): Promise<RunResult> {
  return await run("kubectl", args, { deadlineMs: KUBECTL_MS, ...(input === undefined ? {} : { input }) });
}

/** Servers 1.34.0 and 1.34.1 say this of every headless Service, whatever it says: github.com/kubernetes/kubernetes/issues/134040. */
const FALSE_WARNING = "Warning: spec.SessionAffinity is ignored for headless services\n";

/** The same objects in a namespace of this test. */
function moved(yaml: string): string {
  return yaml.replaceAll(/^( +)namespace: astra-dev$/gm, `$1namespace: ${namespace}`);
}

async function dryRun(yaml: string): Promise<RunResult> {
  return await kubectl(["apply", "--dry-run=server", "--server-side", "--field-manager=astra-test", "-f", "-"], moved(yaml));
}

/** Stands for the suite where no cluster may be asked. */
function skipped(name: string): void {
  test(name, ({ skip }) => {
    skip("KUBECONFIG names no cluster");
  });
}

// All that is made there is an empty namespace.
(hasCluster ? describe : skipped)("a real API server, named by KUBECONFIG,", () => {
  beforeAll(async () => {
    const own = object(clusterStack("foundation"), "Namespace", "astra-dev");
    const result = await kubectl(["apply", "-f", "-"], manifestsYaml([{ ...own, metadata: { ...own.metadata, name: namespace } }], []));
    expect(result.stderr).toBe("");
  });

  afterAll(async () => {
    await kubectl(["delete", "namespace", namespace, "--wait=false"]);
  });

  test.each(["foundation", "blue", "green"] as const)("takes every object of %s without a warning (R-DEP-7)", async (stack) => {
    const { all } = clusterStack(stack);
    const result = await dryRun(manifestsYaml(all, []));
    expect(result.stderr.replaceAll(FALSE_WARNING, "")).toBe("");
    expect(result.code).toBe(0);
    expect(result.stdout.trim().split("\n")).toHaveLength(all.length);
  });

  test.each(["foundation", "blue", "green"] as const)("lets every pod of %s into a namespace that enforces level restricted", async (stack) => {
    const all = pods(clusterStack(stack)).map(({ workload, template, spec }) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...template.metadata, name: workload.name, namespace: "astra-dev" },
      // Claims come with a StatefulSet; here each is room for the moment.
      spec: { ...spec, volumes: [...(spec.volumes ?? []), ...workload.volumes.map((mount) => ({ name: mount.volume, emptyDir: {} }))] },
    }));
    const result = await dryRun(manifestsYaml(all as unknown as readonly Manifest[], []));
    expect(result.stderr).toBe("");
    expect(result.code).toBe(0);
    expect(result.stdout.trim().split("\n")).toHaveLength(all.length);
  });

  test("refuses a pod that is not confined there", async () => {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "loose", namespace: "astra-dev" }, spec: { containers: [{ name: "main", image: "x" }] } };
    const result = await dryRun(manifestsYaml([pod as unknown as Manifest], []));
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('violates PodSecurity "restricted:latest"');
  });
});
