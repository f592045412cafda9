import { Container } from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ContainerSpec } from "../platform/container.ts";
import { containerArgs, type Wiring } from "./container-args.ts";
import { endedWell } from "./job.ts";

export interface ServiceArgs extends Wiring {
  /** Containers of one workload, one for each instance. */
  readonly containers: readonly ContainerSpec[];
}

/** One workload: all its containers. */
export class Service extends pulumi.ComponentResource {
  /** Names of its containers, in order. */
  readonly containerNames: readonly string[];
  /** What to depend on: this workload has started, or where it is a job, has ended well. */
  readonly ready: pulumi.Input<pulumi.Resource>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("astratrade:platform:Service", name, {}, opts);
    const [first] = args.containers;
    if (first === undefined || args.containers.some((spec) => spec.workload !== first.workload)) {
      throw new pulumi.RunError(`${name}: a Service takes the containers of one workload, at least one`);
    }
    const containers = args.containers.map(
      (spec, index) =>
        // Names are fixed, so the old one goes before the new one comes; colours are what keeps that from being seen.
        new Container(`${name}-${index + 1}`, containerArgs(spec, args), { parent: this, deleteBeforeReplace: true }),
    );
    this.containerNames = args.containers.map((spec) => spec.name);
    const [job] = first.oneShot ? containers : [];
    this.ready = job === undefined ? this : endedWell(job, first.name);
    this.registerOutputs({ containers: this.containerNames });
  }
}
