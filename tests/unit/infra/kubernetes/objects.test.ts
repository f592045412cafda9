import { describe, expect, test } from "vitest";
import { STACKS } from "../../../../infra/engine/model.ts";
import { allServices } from "../../../../services/catalogue.ts";
import { clusterStack, object, ofKind, pods } from "../../../support/kubernetes-stacks.ts";

/** Label values, names and label keys as an API server takes them. */
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL_KEY = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

describe.each(STACKS)("objects of %s", (stack) => {
  test("have names and labels that an API server takes, each name once for its kind", () => {
    const { all } = clusterStack(stack);
    for (const { kind, metadata } of all) {
      expect(metadata.name, kind).toMatch(NAME);
      if (kind !== "Namespace") expect(metadata.namespace).toBe("astra-dev");
      for (const [key, value] of Object.entries(metadata.labels)) {
        expect(key).toMatch(LABEL_KEY);
        expect(value).toMatch(LABEL_VALUE);
      }
    }
    expect(new Set(all.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).size).toBe(all.length);
  });

  test("select their own pods and no others, by labels that a new version does not change", () => {
    const cluster = clusterStack(stack);
    for (const { runner, template, workload } of pods(cluster)) {
      if (runner.kind === "Job") continue;
      const selector = runner.spec?.selector.matchLabels ?? {};
      expect(template.metadata?.labels).toMatchObject(selector);
      expect(Object.keys(selector)).not.toContain("astratrade.version");
      expect(selector["astratrade.workload"]).toBe(workload.name);
      expect(selector["astratrade.colour"]).toBe(cluster.settings.colour);
    }
  });
});

test("blue and green differ in their colour only (R-DEP-2)", () => {
  const text = (stack: "blue" | "green") => JSON.stringify(clusterStack(stack).all).replaceAll("green", "blue").replaceAll(/migrate-blue-[0-9a-f]{10}/g, "migrate-blue");
  expect(text("green")).toBe(text("blue"));
});

describe("what keeps data", () => {
  test("runs in StatefulSets with a claim of the model's size, kept when the set goes", () => {
    const sets = ofKind(clusterStack("foundation"), "StatefulSet");
    expect(sets.map((set) => [set.metadata.name, set.spec?.volumeClaimTemplates?.map((claim) => claim.spec?.resources?.requests?.["storage"])])).toEqual([
      ["postgres", ["20Gi"]],
      ["redis", ["5Gi"]],
      ["alertmanager", ["1Gi"]],
      ["prometheus", ["8Gi"]],
      ["grafana", ["1Gi"]],
    ]);
    for (const set of sets) expect(set.spec?.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: "Retain", whenScaled: "Retain" });
  });

  test("takes size and storage class from config, and goes with a throw-away environment", () => {
    const stack = clusterStack("foundation", { "kubernetes.volumes.postgres": "100", "kubernetes.storageClass": "fast", ephemeral: "true" });
    const { spec } = object(stack, "StatefulSet", "postgres");
    expect(spec?.volumeClaimTemplates?.[0]?.spec).toEqual({
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "100Gi" } },
      storageClassName: "fast",
    });
    expect(spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted).toBe("Delete");
  });
});

describe("services", () => {
  test("lead from <workload>-<colour> to every instance's own address, ready or not: the edge asks each one's agent (R-GW-2)", () => {
    const stack = clusterStack("blue");
    for (const service of allServices) {
      const { spec } = object(stack, "Service", `${service.name}-blue`);
      expect(spec).toMatchObject({ clusterIP: "None", publishNotReadyAddresses: true });
      expect(spec?.ports?.map((port) => port.port)).toEqual([service.port, 8099]);
    }
    expect(ofKind(stack, "Service")).toHaveLength(allServices.length);
  });

  test("give stores one lasting address", () => {
    const stack = clusterStack("foundation");
    for (const name of ["postgres", "redis"]) expect(object(stack, "Service", name).spec).not.toHaveProperty("clusterIP");
  });

  test("let the outside reach port 8000 of the edge alone, in the way that config names (R-DEP-2)", () => {
    const entries = (overrides: Record<string, string>) =>
      ofKind(clusterStack("foundation", overrides), "Service").filter((service) => service.metadata.name === "edge-public");
    expect(entries({}).map(({ spec }) => [spec?.type, spec?.ports?.map((port) => port.port)])).toEqual([["ClusterIP", [8000]]]);
    expect(entries({ "kubernetes.entry": "LoadBalancer" })[0]?.spec?.type).toBe("LoadBalancer");
    const types = ofKind(clusterStack("foundation", { "kubernetes.entry": "LoadBalancer" }), "Service").map(({ spec }) => spec?.type);
    expect(types.filter((type) => type !== "ClusterIP")).toEqual(["LoadBalancer"]);
  });
});

describe("availability", () => {
  test("scales the gateway by load and no other unless config says so, without a number of its own in the Deployment", () => {
    const stack = clusterStack("blue");
    const [scaler, ...others] = ofKind(stack, "HorizontalPodAutoscaler");
    expect(others).toEqual([]);
    expect(scaler?.metadata.name).toBe("gateway-blue");
    expect(scaler?.spec).toMatchObject({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "gateway-blue" },
      minReplicas: 1,
      maxReplicas: 4,
      metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "AverageValue", averageValue: "350m" } } }],
    });
    expect(object(stack, "Deployment", "gateway-blue").spec).not.toHaveProperty("replicas");
    expect(object(stack, "Deployment", "user-blue").spec?.replicas).toBe(1);
  });

  test("scales a service that config names, and leaves alone one that is set to none", () => {
    const names = (overrides: Record<string, string>) => ofKind(clusterStack("blue", overrides), "HorizontalPodAutoscaler").map((scaler) => scaler.metadata.name);
    expect(names({ "kubernetes.autoscaling.trading": "2" }).toSorted()).toEqual(["gateway-blue", "trading-blue"]);
    expect(names({ "replicas.gateway": "0" })).toEqual([]);
    expect(names({ "replicas.gateway": "4" })).toEqual([]);
  });

  test("lets nodes be emptied one instance at a time, where there may be several", () => {
    const budgets = ofKind(clusterStack("blue", { "replicas.user": "2" }), "PodDisruptionBudget");
    expect(budgets.map((budget) => [budget.metadata.name, budget.spec?.maxUnavailable])).toEqual([
      ["user-blue", 1],
      ["gateway-blue", 1],
    ]);
  });

  test("brings a new pod before an old one goes", () => {
    for (const deployment of ofKind(clusterStack("blue"), "Deployment"))
      expect(deployment.spec?.strategy).toEqual({ type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
  });
});

test("migrations run as a job of their own for each content, which is repeated when it fails", () => {
  const job = (overrides: Record<string, string>) => ofKind(clusterStack("green", overrides), "Job");
  const [first, ...others] = job({});
  expect(others).toEqual([]);
  expect(first?.spec).toMatchObject({ backoffLimit: 6, activeDeadlineSeconds: 600, template: { spec: { restartPolicy: "Never" } } });
  expect(job({})[0]?.metadata.name).toBe(first?.metadata.name);
  expect(job({ logLevel: "debug" })[0]?.metadata.name).not.toBe(first?.metadata.name);
});

test("the namespace refuses a pod that is not confined", () => {
  expect(object(clusterStack("foundation"), "Namespace", "astra-dev").metadata.labels).toEqual({
    "astratrade.environment": "dev",
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
  });
});

describe("the agent of a cluster", () => {
  const foundation = clusterStack("foundation");
  const agent = pods(foundation).find(({ workload }) => workload.name === "agent");

  test("gets what it takes to move traffic, and no right to ask the cluster (R-DEP-7, R-MON-2)", () => {
    expect(agent?.runner.kind).toBe("Deployment");
    expect(agent?.spec.automountServiceAccountToken).toBe(false);
    expect(agent?.spec.volumes?.map(({ name }) => name).toSorted()).toEqual(["secrets", "tmp"]);
    expect(agent?.spec.volumes?.find(({ name }) => name === "secrets")?.secret?.items?.map(({ key }) => key).toSorted()).toEqual(["agent_token", "redis"]);
    expect(agent?.container.env?.map(({ name }) => name)).not.toContain("ASTRA_ENGINE_SOCKET");
    expect(object(foundation, "NetworkPolicy", "agent").spec?.egress).toEqual([
      { to: [{ podSelector: { matchLabels: { "astratrade.environment": "dev", "astratrade.workload": "redis" } } }], ports: [{ protocol: "TCP", port: 6379 }] },
    ]);
  });

  test("is told by the Alertmanager, which has its token (R-MON-2)", () => {
    const alertmanager = pods(foundation).find(({ workload }) => workload.name === "alertmanager");
    expect(alertmanager?.spec.initContainers?.[0]?.env).toContainEqual({ name: "ASTRA_ROLLBACK_URL", value: "http://agent:8080/alerts" });
    expect(alertmanager?.spec.volumes?.find(({ name }) => name === "secrets")?.secret?.items?.map(({ key }) => key)).toEqual(["agent_token"]);
    expect(object(foundation, "Service", "agent").spec?.ports?.map(({ port }) => port)).toEqual([8080]);
  });
});
