import type * as pulumi from "@pulumi/pulumi";
import type { ContainerSpec } from "../platform/container.ts";
import type { Attempts } from "./job.ts";
import type { SecretFiles } from "./secret-files.ts";
import { Service } from "./service.ts";

export interface WorkloadsArgs {
  readonly containers: readonly ContainerSpec[];
  readonly networkName: pulumi.Input<string>;
  readonly secretFiles: SecretFiles;
  readonly attempts: Attempts;
}

/** Containers by workload, in start order. */
function byWorkload(containers: readonly ContainerSpec[]): ReadonlyMap<string, readonly ContainerSpec[]> {
  const groups = new Map<string, ContainerSpec[]>();
  for (const spec of containers) groups.set(spec.workload, [...(groups.get(spec.workload) ?? []), spec]);
  return groups;
}

/**
 * One `Service` for each workload of a stack, each after those that it depends on.
 * @throws Error when a workload depends on one that does not stand before it.
 */
export function workloadServices(
  name: string,
  args: WorkloadsArgs,
  opts: pulumi.ComponentResourceOptions,
): ReadonlyMap<string, Service> {
  const services = new Map<string, Service>();
  for (const [workload, containers] of byWorkload(args.containers)) {
    const before = [...new Set(containers.flatMap((spec) => spec.dependsOn))].map((other) => {
      const service = services.get(other);
      if (service === undefined) throw new Error(`${workload} depends on ${other}, which does not start before it`);
      return service.ready;
    });
    const secretsVolume = args.secretFiles.volumeOf(workload);
    const service = new Service(
      `${name}-${workload}`,
      { containers, networkName: args.networkName, attempts: args.attempts, ...(secretsVolume === undefined ? {} : { secretsVolume }) },
      { ...opts, dependsOn: [...(secretsVolume === undefined ? [] : [args.secretFiles.written]), ...before] },
    );
    services.set(workload, service);
  }
  return services;
}
