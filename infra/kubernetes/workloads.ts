import * as pulumi from "@pulumi/pulumi";
import type { StackManifests } from "./manifests.ts";
import { declareManifest } from "./resource.ts";

/** One workload: all its objects. */
class Service extends pulumi.ComponentResource {
  constructor(name: string, args: StackManifests["workloads"][number], opts: pulumi.ComponentResourceOptions) {
    super("astratrade:platform:Service", name, {}, opts);
    for (const manifest of args.manifests) declareManifest(name, manifest, { parent: this });
    this.registerOutputs({ objects: args.manifests.map((manifest) => `${manifest.kind}/${manifest.metadata.name}`) });
  }
}

/**
 * One `Service` for each workload of a stack, each after those that it depends on: a job has ended well by then.
 * @throws Error when a workload depends on one that does not stand before it.
 */
export function workloadServices(name: string, workloads: StackManifests["workloads"], opts: pulumi.ComponentResourceOptions): void {
  const services = new Map<string, Service>();
  const { dependsOn, ...rest } = opts;
  const first = dependsOn === undefined ? [] : [dependsOn].flat() as pulumi.Input<pulumi.Resource>[];
  for (const entry of workloads) {
    const before = entry.workload.dependsOn.map((other) => {
      const service = services.get(other);
      if (service === undefined) throw new Error(`${entry.workload.name} depends on ${other}, which does not start before it`);
      return service;
    });
    services.set(entry.workload.name, new Service(`${name}-${entry.workload.name}`, entry, { ...rest, dependsOn: [...first, ...before] }));
  }
}
