import type { ContainerSpec, HealthCheck, Mount } from "./container.ts";
import { DEFAULT_CPU_SHARES } from "./defaults.ts";

export type FormMount =
  | Exclude<Mount, { type: "secrets" | "bind" }>
  /** Files of a workload's secrets, wherever the target keeps them. */
  | { readonly type: "secrets"; readonly target: string }
  | { readonly type: "bind"; readonly source: string; readonly target: string; readonly readOnly: boolean };

/**
 * A container in the words of the normal form, but as it is: where `ContainerSpec` can only say what is right, this can
 * say what an engine, a file or somebody's hand made of it. All Docker ways are read into it, compared in it and judged
 * by `infra/policy` in it. What only orders a deployment is no part of it.
 */
export interface ContainerForm {
  readonly name: string;
  /** Of its label; empty where it has none. */
  readonly workload: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Empty: the image's own, which may be root. */
  readonly user: string;
  readonly groups?: readonly number[];
  readonly readOnlyRoot: boolean;
  readonly privileged: boolean;
  readonly capabilitiesAdded: readonly string[];
  readonly capabilitiesDropped: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly mounts: readonly FormMount[];
  /** 0: no limit. */
  readonly memoryBytes: number;
  /** Swap on top of the memory; -1: as much as there is. */
  readonly swapBytes: number;
  /** Cores; 0: no limit. */
  readonly cpus: number;
  /** Weight where the processor is short, [2, 262144]. */
  readonly cpuShares: number;
  readonly health?: HealthCheck;
  readonly restart: string;
  /** `graceSeconds` is the least that any way of stopping it gives. */
  readonly stop: { readonly signal: string; readonly graceSeconds: number };
  /** `maxSize` is empty and `maxFiles` 0 where nothing is rotated. */
  readonly log: { readonly driver: string; readonly maxSize: string; readonly maxFiles: number };
  /** Names of networks; `host` is the machine's own. */
  readonly networks: readonly { readonly name: string; readonly aliases: readonly string[] }[];
  /** `hostIp` is empty where every address is bound. */
  readonly ports: readonly { readonly container: number; readonly host: number; readonly hostIp: string; readonly protocol: string }[];
}

/** A volume as a form has it: what is written to says nothing of that. */
export function volumeMount(volume: string, target: string, readOnly: boolean): FormMount {
  return { type: "volume", volume, target, ...(readOnly ? { readOnly } : {}) };
}

/** What a container of the model is, as a form. */
export function formOf(spec: ContainerSpec): ContainerForm {
  return {
    name: spec.name,
    workload: spec.workload,
    image: spec.image,
    ...(spec.command ? { command: spec.command } : {}),
    environment: spec.environment,
    labels: spec.labels,
    user: spec.user,
    ...(spec.groups ? { groups: spec.groups } : {}),
    readOnlyRoot: spec.readOnlyRoot,
    privileged: false,
    capabilitiesAdded: [],
    capabilitiesDropped: spec.capabilitiesDropped,
    noNewPrivileges: spec.noNewPrivileges,
    mounts: spec.mounts.map((mount) => (mount.type === "secrets" ? { type: "secrets", target: mount.target } : mount)),
    memoryBytes: spec.memoryBytes,
    swapBytes: 0,
    cpus: spec.cpus,
    cpuShares: spec.cpuShares ?? DEFAULT_CPU_SHARES,
    ...(spec.health ? { health: spec.health } : {}),
    restart: spec.restart,
    stop: spec.stop,
    log: spec.log,
    networks: [spec.network],
    ports: spec.ports.map((port) => ({ ...port, protocol: "tcp" })),
  };
}
