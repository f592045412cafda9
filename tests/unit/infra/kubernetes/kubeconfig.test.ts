import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { clusterAccess, kubeconfigFiles } from "../../../../infra/kubernetes/kubeconfig.ts";
import { requireCluster } from "../../../../infra/kubernetes/reach.ts";

const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const good = file(
  "good",
  `current-context: one
contexts:
  - { name: one, context: { cluster: first, user: me } }
  - { name: two, context: { cluster: second, user: me } }
clusters:
  - { name: first, cluster: { server: "https://127.0.0.1:1", certificate-authority-data: ${Buffer.from("authority").toString("base64")} } }
  - { name: second, cluster: { server: "https://two.example.com", certificate-authority: ca.pem } }
users:
  - { name: me, user: { client-certificate-data: ${Buffer.from("certificate").toString("base64")}, client-key-data: ${Buffer.from("key").toString("base64")} } }
`,
);

describe("the kubeconfig", () => {
  test("is where KUBECONFIG says, one or several, else in the home folder", () => {
    expect(kubeconfigFiles({ KUBECONFIG: "/a:/b" })).toEqual(["/a", "/b"]);
    expect(kubeconfigFiles({ HOME: "/home/me" })).toEqual(["/home/me/.kube/config"]);
  });

  test("leads to the current context's cluster, or to the one that config names", () => {
    expect(clusterAccess(undefined, [good])).toEqual({ context: "one", server: "https://127.0.0.1:1", authority: "authority", certificate: "certificate", key: "key" });
    file("ca.pem", "from a file");
    expect(clusterAccess("two", [join(folder, "absent"), good])).toMatchObject({ context: "two", server: "https://two.example.com", authority: "from a file" });
  });

  test.each<[string, () => unknown, RegExp]>([
    ["there is none", () => clusterAccess(undefined, ["/nowhere/config"]), /^There is no kubeconfig at \/nowhere\/config\. Point KUBECONFIG at one.*\.$/],
    ["it is damaged", () => clusterAccess(undefined, [file("damaged", "a: [")]), /^The kubeconfig .*damaged is not YAML\. Restore it, or point KUBECONFIG at another one\.$/],
    ["it has no current context", () => clusterAccess(undefined, [file("empty", "{}")]), /has no current context; it has none\. Set astratrade:kubernetes\.context/],
    ["it lacks the context", () => clusterAccess("three", [good]), /has no context "three"; it has one, two\. Set astratrade:kubernetes\.context to one of them\.$/],
  ])("is told of in one line when %s", (_, find, message) => {
    expect(find).toThrow(message);
    expect(find).toThrow(/^[^\n]+$/);
  });
});

test("a cluster that does not answer is told of in one line, with its context and address", async () => {
  await expect(requireCluster({ context: "one", server: "https://127.0.0.1:1" })).rejects.toThrow(
    /^The cluster of context "one" does not answer at https:\/\/127\.0\.0\.1:1: .*ECONNREFUSED.*\. Start it, or choose another by astratrade:kubernetes\.context\.$/,
  );
});
