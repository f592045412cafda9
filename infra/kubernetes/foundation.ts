import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { generatedSecrets } from "../docker/generated-secrets.ts";
import type { Settings } from "../platform/settings.ts";
import { namespaceName } from "./identity.ts";
import { secretManifest, type StackManifests } from "./manifests.ts";
import { declareManifest } from "./resource.ts";
import { workloadServices } from "./workloads.ts";

export interface ClusterStackArgs {
  readonly settings: Settings;
  readonly manifests: StackManifests;
}

/** What is shared and stateful, on a cluster: namespace, rules, secrets, stores, monitoring and the edge. */
export class ClusterFoundation extends pulumi.ComponentResource {
  readonly environment: string;
  readonly namespace: string;

  constructor(name: string, args: ClusterStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("astratrade:platform:Foundation", name, {}, opts);
    const { settings, manifests } = args;
    if (settings.colour !== undefined) throw new pulumi.RunError(`${name}: a foundation has no colour (got ${settings.colour})`);
    const child = { parent: this };

    const [namespace, ...rules] = manifests.shared;
    if (namespace?.kind !== "Namespace") throw new Error(`${name}: the namespace comes first`);
    // Claims, and with them the data, go with their namespace: it outlives the stack, and is taken over by the next one.
    const space = declareManifest(name, namespace, { ...child, retainOnDelete: !settings.ephemeral });
    const inside = { ...child, dependsOn: [space] };
    for (const rule of rules) declareManifest(`${name}-${rule.metadata.name}`, rule, inside);

    const secret = new core.v1.Secret(
      `${name}-secret`,
      { metadata: secretManifest(settings, {}).metadata, type: "Opaque", stringData: pulumi.secret(pulumi.all(generatedSecrets(name, child))) },
      inside,
    );
    workloadServices(name, manifests.workloads, { ...child, dependsOn: [space, secret] });

    this.environment = settings.environment;
    this.namespace = namespaceName(settings);
    this.registerOutputs({ environment: this.environment, namespace: this.namespace });
  }
}
