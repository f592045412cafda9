import { describe, expect, test } from "vitest";
import type { IProbe } from "kubernetes-models/v1";
import { STACKS } from "../../../../infra/engine/model.ts";
import type { ContainerSpec } from "../../../../infra/platform/container.ts";
import { CONFIGURATION_PATH } from "../../../../infra/platform/defaults.ts";
import { SECRET_NAME } from "../../../../infra/kubernetes/identity.ts";
import { clusterStack, pods, type Pod } from "../../../support/kubernetes-stacks.ts";
import { testStack } from "../../../support/platform-models.ts";

/** What the cluster's pod says, in the words of Docker's normal form. */
function asContainer({ spec, container, template }: Pod) {
  const mounts = (container.volumeMounts ?? []).map((mount) => {
    const volume = spec.volumes?.find((candidate) => candidate.name === mount.name);
    if (volume?.secret) return { type: "secrets", target: mount.mountPath, names: volume.secret.items?.map((item) => item.path) };
    if (mount.mountPath === CONFIGURATION_PATH) return { type: "volume", volume: `astra-dev-${mount.name}`, target: mount.mountPath, ...(mount.readOnly ? { readOnly: true } : {}) };
    if (volume?.emptyDir) return { type: "tmpfs", target: mount.mountPath, sizeBytes: Number(String(volume.emptyDir.sizeLimit).replace("Mi", "")) * 1024 * 1024 };
    return { type: "volume", volume: `astra-dev-${mount.name}`, target: mount.mountPath };
  });
  return {
    image: container.image,
    command: container.args,
    environment: Object.fromEntries((container.env ?? []).map((entry) => [entry.name, entry.value ?? `<${entry.valueFrom?.fieldRef?.fieldPath ?? ""}>`])),
    labels: template.metadata?.labels,
    user: `${spec.securityContext?.runAsUser ?? ""}:${spec.securityContext?.runAsGroup ?? ""}`,
    readOnlyRoot: container.securityContext?.readOnlyRootFilesystem,
    capabilitiesDropped: container.securityContext?.capabilities?.drop,
    mounts,
    memoryBytes: Number(String(container.resources?.limits?.["memory"]).replace("Mi", "")) * 1024 * 1024,
    cpus: Number(String(container.resources?.limits?.["cpu"]).replace("m", "")) / 1000,
    graceSeconds: spec.terminationGracePeriodSeconds,
  };
}

/** The same of Docker's container; what differs on a cluster is said here and nowhere else. */
function expected(spec: ContainerSpec) {
  const { "astratrade.spec": _, ...labels } = spec.labels as Record<string, string>;
  expect(_).toBeDefined();
  return {
    image: spec.image,
    command: spec.command,
    environment: {
      ...spec.environment,
      ...("ASTRA_INSTANCE" in spec.environment ? { ASTRA_INSTANCE: "<metadata.name>" } : {}),
    },
    labels,
    user: spec.user,
    readOnlyRoot: true,
    capabilitiesDropped: ["ALL"],
    mounts: spec.mounts,
    memoryBytes: spec.memoryBytes,
    cpus: spec.cpus,
    graceSeconds: spec.stop.graceSeconds,
  };
}

/** A probe's question as Docker's health check asks it. */
function asTest(probe: IProbe | undefined): readonly string[] | undefined {
  if (probe?.httpGet) return ["CMD", "http-health", String(probe.httpGet.port), probe.httpGet.path ?? ""];
  return probe?.exec ? ["CMD", ...(probe.exec.command ?? [])] : undefined;
}

describe.each(STACKS)("the pods of %s", (stack) => {
  const cluster = pods(clusterStack(stack));
  // With a cluster's settings: its agent has no socket, since kubelets do what it would need that for.
  const docker = testStack(stack, { target: "kubernetes" }, { startInterval: true, grafana: true, jaeger: true }).containers;

  test("are the containers of the Docker target, workload by workload: limits, user, environment, mounts, secrets (R-DEP-7)", () => {
    expect(cluster.map((pod) => pod.workload.name)).toEqual(docker.map((spec) => spec.workload));
    for (const [index, spec] of docker.entries()) expect(asContainer(cluster[index] as Pod), spec.name).toEqual(expected(spec));
  });

  test("are asked what Docker's health check asks, as often and as patiently (R-DEP-4, R-DEP-7)", () => {
    for (const [index, spec] of docker.entries()) {
      const { container, workload } = cluster[index] as Pod;
      expect(asTest(container.livenessProbe), spec.name).toEqual(spec.health?.test);
      expect(asTest(container.startupProbe), spec.name).toEqual(spec.health?.test);
      if (spec.health === undefined) {
        expect(container.readinessProbe).toBeUndefined();
        continue;
      }
      const { intervalSeconds, timeoutSeconds, retries } = spec.health;
      expect(container.livenessProbe).toMatchObject({ periodSeconds: intervalSeconds, timeoutSeconds, failureThreshold: retries });
      const ready = workload.ready ?? workload.live;
      expect(container.readinessProbe?.httpGet?.path).toBe(ready?.type === "http" ? ready.path : undefined);
    }
  });

  // https://kubernetes.io/docs/concepts/security/pod-security-standards, level "restricted", rule by rule.
  test("meet Pod Security restricted, every one", () => {
    expect(cluster.length).toBeGreaterThan(5);
    for (const { spec, container, workload } of cluster) {
      const allowed = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];
      for (const volume of spec.volumes ?? []) expect(allowed, workload.name).toContain(Object.keys(volume).find((key) => key !== "name"));
      expect([spec.hostNetwork, spec.hostPID, spec.hostIPC]).toEqual([undefined, undefined, undefined]);
      expect(spec.securityContext).toEqual({
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        fsGroup: 1000,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      });
      for (const each of [container, ...(spec.initContainers ?? [])])
        expect(each.securityContext, workload.name).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true });
      expect(container.ports?.some((port) => port.hostPort !== undefined) ?? false).toBe(false);
      expect(spec.automountServiceAccountToken).toBe(false);
    }
  });

  test("write their configuration first where they read one, confined and limited as the job on Docker (R-DEP-2, R-DEP-7)", () => {
    const readers = cluster.filter(({ workload }) => workload.configuration === "reads");
    expect(readers.map(({ workload }) => workload.name)).toEqual(stack === "foundation" ? ["alertmanager", "prometheus", "grafana", "edge"] : []);
    for (const { spec, container, workload } of cluster) {
      const [configure, ...more] = spec.initContainers ?? [];
      expect(more).toEqual([]);
      expect(configure?.name, workload.name).toBe(workload.configuration === "reads" ? "configure" : undefined);
      if (configure === undefined) continue;
      expect(configure.resources?.limits).toEqual({ cpu: "500m", memory: "512Mi" });
      expect(configure.volumeMounts?.find(({ name }) => name === "configuration")).toEqual({ name: "configuration", mountPath: CONFIGURATION_PATH });
      expect(container.volumeMounts?.find(({ name }) => name === "configuration")?.readOnly).toBe(true);
      expect(spec.volumes?.find(({ name }) => name === "configuration")?.emptyDir).toBeDefined();
      expect(configure.args).toEqual(["configure", "--only", workload.name]);
      // A change of one part's source is no change of another's pod.
      const names = (configure.env ?? []).map(({ name }) => name);
      expect(names).toEqual({ edge: ["ASTRA_AGENT_PORT", "ASTRA_EDGE_BACKENDS", "ASTRA_EDGE_DOMAIN", "ASTRA_MODE"], alertmanager: ["ASTRA_ROLLBACK_URL"] }[workload.name] ?? []);
    }
  });

  test("go on taking connections for a while after their end was decided, where clients know their address (R-DEP-2)", () => {
    const waiting = cluster.filter(({ container }) => container.lifecycle?.preStop !== undefined);
    expect(waiting.map(({ workload }) => workload.name)).toEqual(stack === "foundation" ? ["edge"] : []);
    for (const { container, spec } of waiting) {
      const [program, seconds] = container.lifecycle?.preStop?.exec?.command ?? [];
      expect(program).toBe("sleep");
      // And the 25 s in which edge-start drains.
      expect(Number(seconds) + 25).toBeLessThan(spec.terminationGracePeriodSeconds ?? 0);
    }
  });

  test("get secrets from the one Secret by name, each only the keys that it needs, and no value anywhere", () => {
    for (const { spec, workload } of cluster) {
      const secrets = (spec.volumes ?? []).flatMap((volume) => (volume.secret ? [volume.secret] : []));
      expect(secrets.map((secret) => secret.secretName)).toEqual(workload.secrets.length > 0 ? [SECRET_NAME] : []);
      expect(secrets.flatMap((secret) => secret.items?.map((item) => item.key))).toEqual([...workload.secrets].sort());
    }
    expect(clusterStack(stack).all.filter((manifest) => manifest.kind === "Secret")).toEqual([]);
  });

  test("reserve less than their limits, so that idle ones leave room", () => {
    for (const { container, workload } of cluster) {
      const { limits, requests } = container.resources ?? {};
      // The agent has less than the others.
      if (workload.name === "agent") continue;
      expect([limits?.["cpu"], requests?.["cpu"]]).toEqual(["500m", "50m"]);
      expect([limits?.["memory"], requests?.["memory"]]).toEqual(["512Mi", "128Mi"]);
    }
  });
});

test("images are pulled from the registry that config names, with the Secret that it names", () => {
  const registry = "registry.example.com/team";
  const stack = clusterStack("blue", { registry, "kubernetes.pullSecret": "registry" });
  for (const { container, spec } of pods(stack)) {
    expect(container.image).toMatch(/^registry\.example\.com\/team\/astratrade\/service-[a-z]+:0123456789ab$/);
    expect(spec.imagePullSecrets).toEqual([{ name: "registry" }]);
  }
});
