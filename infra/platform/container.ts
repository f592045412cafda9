import { createHash } from "node:crypto";
import { APP_USER, CONFIGURATION_PATH, ENGINE_SOCKET, FIRST_CPU_SHARES, HEALTH_CHECK, LOG_ROTATION, SECRETS_PATH } from "./defaults.ts";
import type { HostFacts } from "./host-facts.ts";
import { isOwnProgram, type ImageReferences } from "./images.ts";
import { LABELS } from "./labels.ts";
import { CONFIGURATION_VOLUME, containerName, hostAlias, networkName, volumeName } from "./names.ts";
import type { SecretName } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import type { Probe, Workload } from "./workload.ts";

export type Mount =
  | { readonly type: "volume"; readonly volume: string; readonly target: string; readonly readOnly?: true }
  | { readonly type: "secrets"; readonly target: string; readonly names: readonly SecretName[] }
  | { readonly type: "tmpfs"; readonly target: string; readonly sizeBytes: number }
  /** A path of the host. A read-only socket can still be written to: only its file cannot be changed. */
  | { readonly type: "bind"; readonly source: string; readonly target: string; readonly readOnly: true };

export interface HealthCheck {
  readonly test: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly startPeriodSeconds: number;
  readonly startIntervalSeconds?: number;
  readonly retries: number;
}

export interface PublishedPort {
  readonly container: number;
  readonly host: number;
  readonly hostIp: "127.0.0.1" | "0.0.0.0";
}

/**
 * Normal form of one container on Docker: complete, without defaults left to a tool. Both Docker targets render from
 * it, are compared in it, and preview and drift work on it.
 */
export interface ContainerSpec {
  readonly name: string;
  readonly workload: string;
  /** Ends by itself (`migrate`) and is not restarted. */
  readonly oneShot: boolean;
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  /** Further groups of its processes, by number. */
  readonly groups?: readonly number[];
  readonly readOnlyRoot: true;
  readonly capabilitiesDropped: readonly ["ALL"];
  readonly noNewPrivileges: true;
  readonly mounts: readonly Mount[];
  readonly memoryBytes: number;
  readonly cpus: number;
  /** Weight where the processor is short; absent: Docker's 1024. A cluster weighs by what is requested. */
  readonly cpuShares?: number;
  readonly health?: HealthCheck;
  readonly restart: "unless-stopped" | "no";
  readonly stop: { readonly signal: string; readonly graceSeconds: number };
  readonly log: { readonly driver: "json-file"; readonly maxSize: string; readonly maxFiles: number };
  readonly network: { readonly name: string; readonly aliases: readonly string[] };
  readonly ports: readonly PublishedPort[];
  /** Names of workloads of the same stack that start first. */
  readonly dependsOn: readonly string[];
}

/** What turns a workload into containers. */
export interface Release {
  readonly settings: Settings;
  readonly facts: HostFacts;
  readonly images: ImageReferences;
  /** Version label: the colour's release, or for the foundation the image's own tag. */
  readonly version: (workload: Workload) => string;
}

/** `http-health` is in every image: a probe without a runtime to start, so that it costs next to nothing. */
function probeCommand(probe: Probe): readonly string[] {
  return probe.type === "http" ? ["CMD", "http-health", String(probe.port), probe.path] : ["CMD", ...probe.command];
}

function healthCheck(workload: Workload, facts: HostFacts): HealthCheck | undefined {
  if (!workload.live) return undefined;
  return {
    test: probeCommand(workload.live),
    intervalSeconds: HEALTH_CHECK.intervalSeconds,
    timeoutSeconds: HEALTH_CHECK.timeoutSeconds,
    startPeriodSeconds: HEALTH_CHECK.startPeriodSeconds,
    ...(facts.startInterval ? { startIntervalSeconds: HEALTH_CHECK.startIntervalSeconds } : {}),
    retries: HEALTH_CHECK.retries,
  };
}

function mounts(workload: Workload, settings: Settings): readonly Mount[] {
  return [
    ...(workload.secrets.length > 0
      ? [{ type: "secrets" as const, target: SECRETS_PATH, names: [...workload.secrets].sort() }]
      : []),
    ...workload.volumes.map((mount) => ({
      type: "volume" as const,
      volume: volumeName(settings.environment, mount.volume),
      target: mount.path,
    })),
    ...(workload.configuration
      ? [
          {
            type: "volume" as const,
            volume: volumeName(settings.environment, CONFIGURATION_VOLUME),
            target: CONFIGURATION_PATH,
            ...(workload.configuration === "reads" ? { readOnly: true as const } : {}),
          },
        ]
      : []),
    ...workload.tmpfs.map((mount) => ({
      type: "tmpfs" as const,
      target: mount.path,
      sizeBytes: mount.sizeMb * 1024 * 1024,
    })),
    ...(workload.engineSocket
      ? [{ type: "bind" as const, source: ENGINE_SOCKET, target: ENGINE_SOCKET, readOnly: true as const }]
      : []),
  ];
}

/** The socket's group, for who gets the socket. */
function groups(workload: Workload, facts: HostFacts): Pick<ContainerSpec, "groups"> {
  if (!workload.engineSocket) return {};
  if (facts.dockerSocketGid === undefined) throw new Error(`${workload.name} needs the engine's socket, and there is none`);
  return { groups: [facts.dockerSocketGid] };
}

/** Host ports of one instance of a workload. */
export function publishedPorts(workload: Workload, settings: Settings): readonly PublishedPort[] {
  return workload.ports.flatMap((port) =>
    port.publish
      ? [
          {
            container: port.container,
            host: port.publish.host + settings.portOffset,
            hostIp: port.publish.exposure === "loopback" ? ("127.0.0.1" as const) : ("0.0.0.0" as const),
          },
        ]
      : [],
  );
}

/** Hash of everything that makes a container what it is; the hash label itself is not part of it. */
export function specHash(spec: ContainerSpec): string {
  return createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 16);
}

/** The n-th container (from 1) of a workload. */
export function containerSpec(workload: Workload, n: number, release: Release): ContainerSpec {
  const { settings, facts } = release;
  const image = release.images[workload.image];
  if (image === undefined) throw new Error(`no image reference for "${workload.image}" of workload "${workload.name}"`);
  const name = containerName(settings.environment, settings.colour, workload.name, n);
  const version = release.version(workload);
  const health = healthCheck(workload, facts);
  const spec: ContainerSpec = {
    name,
    workload: workload.name,
    oneShot: workload.kind === "job",
    image,
    ...(workload.command ? { command: workload.command } : {}),
    environment:
      isOwnProgram(workload.image)
        ? {
            ...workload.environment,
            ASTRA_SERVICE: workload.name,
            ASTRA_INSTANCE: name,
            ASTRA_VERSION: version,
            ...(settings.colour ? { ASTRA_COLOUR: settings.colour } : {}),
          }
        : workload.environment,
    labels: {
      [LABELS.environment]: settings.environment,
      [LABELS.workload]: workload.name,
      ...(settings.colour ? { [LABELS.colour]: settings.colour } : {}),
      [LABELS.version]: version,
    },
    user: APP_USER,
    ...groups(workload, facts),
    readOnlyRoot: true,
    capabilitiesDropped: ["ALL"],
    noNewPrivileges: true,
    mounts: mounts(workload, settings),
    memoryBytes: workload.limits.memoryMb * 1024 * 1024,
    cpus: workload.limits.cpus,
    ...(workload.servedFirst === true ? { cpuShares: FIRST_CPU_SHARES } : {}),
    ...(health ? { health } : {}),
    restart: workload.kind === "job" ? "no" : "unless-stopped",
    stop: workload.stop,
    log: { driver: "json-file", maxSize: `${LOG_ROTATION.maxSizeMb}m`, maxFiles: LOG_ROTATION.maxFiles },
    network: { name: networkName(settings.environment), aliases: [hostAlias(workload.name, settings.colour)] },
    ports: publishedPorts(workload, settings),
    dependsOn: workload.dependsOn,
  };
  return { ...spec, labels: { ...spec.labels, [LABELS.spec]: specHash(spec) } };
}

/** All containers of a stack, in start order. */
export function stackContainers(workloads: readonly Workload[], release: Release): readonly ContainerSpec[] {
  return workloads.flatMap((workload) =>
    Array.from({ length: workload.replicas }, (_, index) => containerSpec(workload, index + 1, release)),
  );
}
