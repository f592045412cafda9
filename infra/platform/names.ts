import type { Colour } from "./workload.ts";

/** `astra-<environment>-[<colour>-]<workload>-<n>`; n counts from 1. */
export function containerName(environment: string, colour: Colour | undefined, workload: string, n: number): string {
  return ["astra", environment, colour, workload, String(n)].filter((part) => part !== undefined).join("-");
}

export function networkName(environment: string): string {
  return `astra-${environment}`;
}

export function volumeName(environment: string, volume: string): string {
  return `astra-${environment}-${volume}`;
}

/** Volume with the configuration of the edge and of monitoring: written anew at will, so no data. */
export const CONFIGURATION_VOLUME = "configuration";

/** Data that is gone with it: not what secrets or configuration are written into, which can be written again. */
export function isDataVolume(name: string): boolean {
  return !name.endsWith("-secrets") && !name.endsWith(`-${CONFIGURATION_VOLUME}`);
}

/** Volume that carries one workload's secret files under Pulumi. */
export function secretsVolumeName(environment: string, colour: Colour | undefined, workload: string): string {
  return ["astra", environment, colour, workload, "secrets"].filter((part) => part !== undefined).join("-");
}

/** Workload label of the short container that fills those volumes. It is Pulumi's own: the model has no such workload. */
export const SECRETS_WRITER = "secrets";

/**
 * What tells one instance from the others of its workload, from the end of its name: `-2` of a second container, `-x7k2p`
 * of a pod. Empty for the first container, and for a store's one pod.
 */
export function instanceSuffix(name: string): string {
  const container = /^astra-.*-(\d+)$/.exec(name)?.[1];
  if (container !== undefined) return container === "1" ? "" : `-${container}`;
  const pod = /-([a-z0-9]{5})$/.exec(name)?.[1];
  const ordinal = /-(\d+)$/.exec(name)?.[1];
  return pod === undefined ? (ordinal === undefined || ordinal === "0" ? "" : `-${ordinal}`) : `-${pod}`;
}

/** Name by which other containers find all instances: `postgres`, `gateway-blue`. */
export function hostAlias(workload: string, colour: Colour | undefined): string {
  return colour ? `${workload}-${colour}` : workload;
}

/** Compose project of one stack. */
export function projectName(environment: string, stack: Colour | "foundation"): string {
  return `astra-${environment}-${stack}`;
}
