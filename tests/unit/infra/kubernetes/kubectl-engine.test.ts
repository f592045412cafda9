import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { environmentConfig } from "../../../../infra/engine/model.ts";
import { kubectlEngine } from "../../../../infra/kubernetes/kubectl-engine.ts";

const folder = mkdtempSync(join(tmpdir(), "kubectl-"));
const calls = join(folder, "calls");
const answer = join(folder, "answer");
let server: Server;

/** A stand-in that writes down how it was called, and answers every `get` with what a test says. */
const STAND_IN = `#!/bin/sh
echo "$@" >> "${calls}"
case "$*" in *" get "*) cat "${answer}" ;; esac
`;

beforeAll(async () => {
  server = createServer((_request, response) => response.end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(folder, "config");
  writeFileSync(
    kubeconfig,
    `current-context: here\ncontexts: [{ name: here, context: { cluster: one } }]\nclusters: [{ name: one, cluster: { server: "http://127.0.0.1:${port}" } }]\n`,
  );
  writeFileSync(join(folder, "kubectl"), STAND_IN);
  chmodSync(join(folder, "kubectl"), 0o755);
  vi.stubEnv("KUBECONFIG", kubeconfig);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"] ?? ""}`);
});

afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => writeFileSync(calls, ""));

function called(): readonly string[] {
  return readFileSync(calls, "utf8").trim().split("\n").filter((call) => call.includes("delete")).map((call) => call.replace("--context here --namespace astra-dev ", ""));
}

const { targets } = environmentConfig("dev", { target: "kubernetes" });
const object = (manager: string) => JSON.stringify({ kind: "List", items: [{ kind: "Deployment", metadata: { name: "x", managedFields: [{ manager }] } }] });

describe("kubectl as engine (R-DEP-6, R-DEP-7)", () => {
  test("takes a stack down by its labels: pods first, what leads to them after, and never claims, Secret or namespace", async () => {
    writeFileSync(answer, object("astra"));
    await kubectlEngine.remove(targets.blue, () => undefined);
    const rest = "--selector astratrade.environment=dev,astratrade.colour=blue --ignore-not-found --cascade=foreground --wait=true";
    expect(called()).toEqual([
      `delete deployments,statefulsets,jobs ${rest}`,
      `delete services,networkpolicies,horizontalpodautoscalers,poddisruptionbudgets ${rest}`,
    ]);
  });

  test("does nothing where nothing is", async () => {
    writeFileSync(answer, "");
    await kubectlEngine.remove(targets.foundation, () => undefined);
    expect(called()).toEqual([]);
  });

  test("leaves what Pulumi has declared to Pulumi", async () => {
    writeFileSync(answer, object("pulumi-kubernetes-1a2b3c4d"));
    await expect(kubectlEngine.remove(targets.green, () => undefined)).rejects.toThrow(/was deployed to the cluster by Pulumi.*\nGo on with it: pulumi up --stack green/);
    expect(called()).toEqual([]);
  });
});

test("without kubectl a cluster's commands end with one line, before anything is asked", async () => {
  vi.stubEnv("PATH", "/nowhere");
  await expect(kubectlEngine.remove(targets.blue, () => undefined)).rejects.toThrow(/^The program `kubectl` is not on the PATH[^\n]*$/);
});
