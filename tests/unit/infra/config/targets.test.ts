import { describe, expect, test } from "vitest";
import { mostInstances } from "../../../../infra/config/targets.ts";
import { foundationWorkloads, volumeNames } from "../../../../infra/platform/platform.ts";
import { configProblems, readStack } from "../../../support/stack-config.ts";

const read = (values: Record<string, unknown>) => readStack(values, { stackName: "dev" });
const problems = (values: Record<string, unknown>) => configProblems(() => read(values));

describe("config that only one target understands (R-DEP-7)", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "host ports mean nothing on a cluster",
      { target: "kubernetes", portOffset: "100" },
      "astratrade:portOffset: is for target docker only, and this stack's target is kubernetes. Fix: remove astratrade:portOffset from Pulumi.dev.yaml",
    ],
    [
      "a registry means nothing to this machine's engine",
      { registry: "registry.example.com/team" },
      "astratrade:registry: is for target kubernetes only, and this stack's target is docker. Fix: remove astratrade:registry from Pulumi.dev.yaml",
    ],
    [
      "a storage class means nothing on Docker",
      { target: "docker", kubernetes: { storageClass: "fast" } },
      "astratrade:kubernetes: is for target kubernetes only, and this stack's target is docker. Fix: remove astratrade:kubernetes from Pulumi.dev.yaml",
    ],
  ])("is refused with the target's name: %s", (_, values, line) => {
    expect(problems(values)).toEqual([line]);
  });

  test("is taken by its own target", () => {
    const kubernetes = { context: "prod", entry: "LoadBalancer", storageClass: "fast", pullSecret: "registry", volumes: { postgres: "100" }, autoscaling: { trading: "2" } };
    const settings = read({ target: "kubernetes", registry: "registry.example.com:5000/team", kubernetes });
    expect(settings).toMatchObject({
      target: "kubernetes",
      registry: "registry.example.com:5000/team",
      kubernetes: { ...kubernetes, volumes: { postgres: 100 }, autoscaling: { gateway: 4, trading: 2 } },
    });
    expect(Object.isFrozen(settings.kubernetes.autoscaling)).toBe(true);
  });
});

describe("wrong config of a cluster is refused with what it takes", () => {
  const cluster = (kubernetes: unknown) => problems({ target: "kubernetes", kubernetes });
  const set = (path: string, value: string) => `Fix: set astratrade:${path} to ${value} in Pulumi.dev.yaml`;

  test.each<[string, readonly string[], string]>([
    ["a target that is none", problems({ target: "nomad" }), `astratrade:target: takes one of docker, kubernetes (got "nomad"). ${set("target", "docker")}`],
    ["a registry with a scheme", problems({ target: "kubernetes", registry: "https://registry.example.com" }), `astratrade:registry: takes a registry and perhaps a folder in it, without scheme and tag (got "https://registry.example.com"). ${set("registry", "registry.example.com/team")}`],
    ["a Service of no known kind", cluster({ entry: "Ingress" }), `astratrade:kubernetes.entry: takes one of ClusterIP, NodePort, LoadBalancer (got "Ingress"). ${set("kubernetes.entry", "ClusterIP")}`],
    ["a volume of no size", cluster({ volumes: { redis: "0" } }), `astratrade:kubernetes.volumes.redis: takes an integer number of GiB, 1 to 16384 (got "0"). ${set("kubernetes.volumes.redis", "20")}`],
    ["a volume that nobody has", cluster({ volumes: { mysql: "5" } }), "astratrade:kubernetes.volumes.mysql: unknown key (known keys are postgres, redis, prometheus, alertmanager, grafana). Fix: remove astratrade:kubernetes.volumes.mysql from Pulumi.dev.yaml"],
    ["more instances than the edge has places for", cluster({ autoscaling: { gateway: "11" } }), `astratrade:kubernetes.autoscaling.gateway: takes the most instances, an integer, 1 to 10 (got "11"). ${set("kubernetes.autoscaling.gateway", "4")}`],
  ])("%s", (_, found, line) => {
    expect(found).toEqual([line]);
  });

  test("autoscaling that could come to more connections than PostgreSQL has", () => {
    expect(cluster({ autoscaling: { trading: "3" } })).toEqual([
      "astratrade:kubernetes.autoscaling: takes instances whose connections fit PostgreSQL: 2 colours x instances x 16 + 20 may be 250 at most (got 276). Fix: remove astratrade:kubernetes.autoscaling from Pulumi.dev.yaml",
    ]);
    expect(() => read({ target: "kubernetes", kubernetes: { autoscaling: { trading: "2" } } })).not.toThrow();
  });
});

test("the most instances of a service are those it starts with or is scaled up to, and on Docker never more than config says", () => {
  expect(mostInstances(read({ target: "kubernetes", replicas: { user: "2" } }))).toEqual({ user: 2, gateway: 4 });
  expect(mostInstances(read({ replicas: { user: "2" } }))).toEqual({ user: 2 });
});

test("config can size exactly the volumes that the model has", () => {
  const workloads = foundationWorkloads(read({}), { startInterval: true, grafana: true });
  expect(workloads.flatMap((workload) => workload.volumes.map((mount) => mount.volume)).toSorted()).toEqual([...volumeNames].toSorted());
});
