import { describe, expect, test } from "vitest";
import { findImageStore, loadCommand, storeOfContext } from "../../../../infra/images/cluster-load.ts";
import { pushFailure } from "../../../../infra/images/push.ts";

const references = ["astratrade/edge:1", "astratrade/redis:2"];

describe("images reach a local cluster", () => {
  test("by the tool that made it, which its context tells", () => {
    expect(storeOfContext("kind-kind")).toEqual({ kind: "kind", cluster: "kind" });
    expect(storeOfContext("k3d-my-team")).toEqual({ kind: "k3d", cluster: "my-team" });
    expect(storeOfContext("minikube")).toEqual({ kind: "minikube", cluster: "minikube" });
    expect(storeOfContext("production")).toBeUndefined();
  });

  test("in one call of that tool", () => {
    expect(loadCommand({ kind: "kind", cluster: "a" }, references)).toEqual(["kind", "load", "docker-image", "--name", "a", ...references]);
    expect(loadCommand({ kind: "k3d", cluster: "a" }, references)).toEqual(["k3d", "image", "import", "--cluster", "a", ...references]);
    expect(loadCommand({ kind: "minikube", cluster: "minikube" }, references)).toEqual(["minikube", "image", "load", ...references]);
  });

  test("but not an arbitrary one: then it is said what to do", async () => {
    await expect(findImageStore("production", "https://k8s.example.com:6443")).rejects.toThrow(
      /^The cluster of context "production" \(https:\/\/k8s\.example\.com:6443\) is no local one .*\n.*set astratrade:registry .*\.\/astra images push/,
    );
  });
});

describe("a registry that does not take an image is told of in one line", () => {
  const reference = "registry.example.com/team/astratrade/edge:1";

  test("with the command that gives the right to", () => {
    expect(pushFailure(reference, "registry.example.com/team", "The push refers to ...\ndenied: requested access to the resource is denied\n")).toBe(
      `The registry lets nobody push ${reference} without rights (denied: requested access to the resource is denied). Run: docker login registry.example.com`,
    );
  });

  test("or with the reason", () => {
    expect(pushFailure(reference, "registry.example.com/team", "dial tcp: lookup registry.example.com: no such host")).toBe(
      `${reference} could not be pushed: dial tcp: lookup registry.example.com: no such host. Is astratrade:registry right (registry.example.com/team)?`,
    );
  });
});
