import type { IContainer, IPodSpec, IVolume, IVolumeMount } from "kubernetes-models/v1";
import type { ContainerSpec, Mount } from "../platform/container.ts";
import { CONFIGURATION_PATH } from "../platform/defaults.ts";
import { LABELS } from "../platform/labels.ts";
import { givenSecrets, type SecretName } from "../platform/secrets.ts";
import type { Settings } from "../platform/settings.ts";
import type { Workload } from "../platform/workload.ts";
import { givenSecretName, SECRET_NAME, selectorLabels } from "./identity.ts";
import type { PodTemplate } from "./manifest.ts";
import { probes } from "./probes.ts";

/** What is reserved for a container, as a share of its limit: most are idle most of the time. */
const RESERVED = { memory: 0.25, cpu: 0.1 } as const;
const MIB = 1024 * 1024;

/** Name of the one container in each pod. */
export const CONTAINER = "main";

/** Core quantities as Kubernetes writes them: `500m`. */
export function milliCpus(cpus: number): string {
  return `${Math.round(cpus * 1000)}m`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MIB)}Mi`;
}

/** `/run/postgresql` as `tmp-run-postgresql`. */
function tmpName(path: string): string {
  return `tmp${path.replaceAll(/[^a-z0-9]+/g, "-").replace(/^-tmp$/, "")}`;
}

/** Files of secrets, with the pod's fsGroup readable by our group only: of the environment's Secret, and of the colour's own where that has any. */
function secretsVolume(names: readonly SecretName[], settings: Settings): IVolume {
  const items = (wanted: readonly SecretName[]) => wanted.map((name) => ({ key: name, path: name }));
  const given = names.filter((name) => givenSecrets.includes(name));
  if (given.length === 0) return { name: "secrets", secret: { secretName: SECRET_NAME, defaultMode: 0o400, items: items(names) } };
  const rest = names.filter((name) => !given.includes(name));
  return {
    name: "secrets",
    projected: {
      defaultMode: 0o400,
      sources: [
        { secret: { name: SECRET_NAME, items: items(rest) } },
        { secret: { name: givenSecretName(settings.colour), items: items(given) } },
      ],
    },
  };
}

/** Volume of a pod's own configuration. */
const CONFIGURATION: IVolume = { name: "configuration", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } };

/** Where a mount comes from; a data volume comes from the StatefulSet's claim of the same name. */
function volume(mount: Mount, settings: Settings): IVolume[] {
  switch (mount.type) {
    case "volume":
      return mount.target === CONFIGURATION_PATH ? [CONFIGURATION] : [];
    case "secrets":
      return [secretsVolume(mount.names, settings)];
    case "tmpfs":
      return [{ name: tmpName(mount.target), emptyDir: { medium: "Memory", sizeLimit: mebibytes(mount.sizeBytes) } }];
    case "bind":
      throw new Error(`a pod gets no path of its node (${mount.source})`);
  }
}

function volumeMount(mount: Mount, environment: string): IVolumeMount {
  switch (mount.type) {
    case "volume":
      return { name: claimName(mount.volume, environment), mountPath: mount.target, ...(mount.readOnly ? { readOnly: true } : {}) };
    case "secrets":
      return { name: "secrets", mountPath: mount.target, readOnly: true };
    case "tmpfs":
      return { name: tmpName(mount.target), mountPath: mount.target };
    case "bind":
      throw new Error(`a pod gets no path of its node (${mount.source})`);
  }
}

/** `astra-dev-postgres` as `postgres`: the namespace says the rest. */
function claimName(volumeName: string, environment: string): string {
  return volumeName.replace(`astra-${environment}-`, "");
}

/** Reference of an image where nodes pull it from. */
export function imageIn(registry: string | undefined, reference: string): string {
  return registry === undefined ? reference : `${registry}/${reference}`;
}

function environment(spec: ContainerSpec): IContainer["env"] {
  return Object.entries(spec.environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) =>
      // On Docker the container's name; here only the cluster knows it.
      name === "ASTRA_INSTANCE" ? { name, valueFrom: { fieldRef: { fieldPath: "metadata.name" } } } : { name, value },
    );
}

function container(name: string, workload: Workload, spec: ContainerSpec, settings: Settings): IContainer {
  const env = environment(spec);
  return {
    name,
    image: imageIn(settings.registry, spec.image),
    // The tag is a hash of the content: the same tag is the same image.
    imagePullPolicy: "IfNotPresent",
    ...(spec.command ? { args: [...spec.command] } : {}),
    ...(env !== undefined && env.length > 0 ? { env } : {}),
    ...(workload.ports.length > 0
      ? { ports: workload.ports.map((port) => ({ name: port.name, containerPort: port.container, protocol: "TCP" as const })) }
      : {}),
    resources: {
      limits: { cpu: milliCpus(spec.cpus), memory: mebibytes(spec.memoryBytes) },
      requests: { cpu: milliCpus(spec.cpus * RESERVED.cpu), memory: mebibytes(spec.memoryBytes * RESERVED.memory) },
    },
    ...probes(workload, spec.health),
    ...(workload.kind === "proxy" ? LEAVE : {}),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: [...spec.capabilitiesDropped] },
      readOnlyRootFilesystem: spec.readOnlyRoot,
    },
    volumeMounts: spec.mounts.map((mount) => volumeMount(mount, settings.environment)),
  };
}

/**
 * An address that clients know is told of an end after the pod is: until every node has heard of it, it has to go on
 * taking connections. What is found by its registry or agent needs no such time: those who call know first.
 */
const LEAVE: Pick<IContainer, "lifecycle"> = { lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } } };

/** The workload that writes configuration, and its normal form. */
export interface Configured {
  readonly workload: Workload;
  readonly spec: ContainerSpec;
}

/**
 * Writes and checks a pod's configuration before its container starts, where the Docker targets have a job for all: a
 * change of it is a new pod, which a rollout brings up beside the old one, and which never starts with what is wrong.
 */
function writesFirst({ workload, spec }: Configured, settings: Settings): Pick<IPodSpec, "initContainers"> {
  return { initContainers: [container(workload.name, workload, spec, settings)] };
}

/** Instances stand apart where the cluster has room: a node or zone that goes takes as few of them as possible. */
function spread(workload: Workload, settings: Settings): IPodSpec["topologySpreadConstraints"] {
  return ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway" as const,
    labelSelector: { matchLabels: selectorLabels(workload.name, settings) },
  }));
}

/** The pod of a workload, with what writes its configuration where it reads one; from the same normal form that the Docker targets render. It meets Pod Security "restricted". */
export function podTemplate(workload: Workload, spec: ContainerSpec, settings: Settings, configured?: Configured): PodTemplate {
  const [user, group] = spec.user.split(":").map(Number);
  if (user === undefined || group === undefined) throw new Error(`${spec.name}: user "${spec.user}" is not uid:gid`);
  return {
    // The cluster hashes pods itself.
    metadata: { labels: Object.fromEntries(Object.entries(spec.labels).filter(([key]) => key !== LABELS.spec)) },
    spec: {
      // Pods speak to each other, never to the cluster; and another Service's address is no part of their environment.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: user,
        runAsGroup: group,
        fsGroup: group,
        // Only an empty volume is handed over: PostgreSQL refuses a data folder that its group can write.
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...(settings.kubernetes.pullSecret === undefined ? {} : { imagePullSecrets: [{ name: settings.kubernetes.pullSecret }] }),
      terminationGracePeriodSeconds: spec.stop.graceSeconds,
      restartPolicy: spec.oneShot ? "Never" : "Always",
      ...(spec.oneShot || workload.volumes.length > 0 ? {} : { topologySpreadConstraints: spread(workload, settings) ?? [] }),
      ...(configured === undefined ? {} : writesFirst(configured, settings)),
      containers: [container(CONTAINER, workload, spec, settings)],
      volumes: spec.mounts.flatMap((mount) => volume(mount, settings)),
    },
  };
}
