import * as pulumi from "@pulumi/pulumi";
import type { ClusterStackArgs } from "./foundation.ts";
import { workloadServices } from "./workloads.ts";

export interface ClusterColourArgs extends ClusterStackArgs {
  /** Release that all its workloads are of. */
  readonly version: string;
}

/** One colour on a cluster: the gateway and the six services, after the migrations that they need. */
export class ClusterColour extends pulumi.ComponentResource {
  readonly environment: string;
  readonly colour: string;
  readonly version: string;

  constructor(name: string, args: ClusterColourArgs, opts?: pulumi.ComponentResourceOptions) {
    super("astratrade:platform:Colour", name, {}, opts);
    const { settings, manifests } = args;
    if (settings.colour === undefined) throw new pulumi.RunError(`${name}: a colour stack needs astratrade:colour, blue or green`);
    workloadServices(name, manifests.workloads, { parent: this });

    this.environment = settings.environment;
    this.colour = settings.colour;
    this.version = args.version;
    this.registerOutputs({ environment: this.environment, colour: this.colour, version: this.version });
  }
}
