import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { SecretName } from "../platform/secrets.ts";
import type { ClusterStackArgs } from "./foundation.ts";
import { givenSecretManifests } from "./manifests.ts";
import { workloadServices } from "./workloads.ts";

export interface ClusterColourArgs extends ClusterStackArgs {
  /** Release that all its workloads are of. */
  readonly version: string;
  /** Secrets of this stack's config, by name. */
  readonly given: Readonly<Record<SecretName, string>>;
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
    const secrets = givenSecretManifests(settings, args.given).map(
      ({ metadata }) =>
        new core.v1.Secret(`${name}-secret`, { metadata, type: "Opaque", stringData: pulumi.secret({ ...args.given }) }, { parent: this }),
    );
    workloadServices(name, manifests.workloads, { parent: this, dependsOn: secrets });

    this.environment = settings.environment;
    this.colour = settings.colour;
    this.version = args.version;
    this.registerOutputs({ environment: this.environment, colour: this.colour, version: this.version });
  }
}
