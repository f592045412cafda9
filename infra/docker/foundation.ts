import { Network, Volume } from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { LABELS } from "../platform/labels.ts";
import { networkName } from "../platform/names.ts";
import type { SecretName } from "../platform/secrets.ts";
import { environmentUrls, type Urls } from "../platform/urls.ts";
import { generatedSecrets } from "./generated-secrets.ts";
import { secretFiles } from "./secret-files.ts";
import type { StackArgs } from "./stack-args.ts";
import { workloadServices } from "./workloads.ts";

/** What is shared and stateful: network, volumes, secrets, stores, monitoring and the edge. */
export class Foundation extends pulumi.ComponentResource {
  /** What colours of this environment need to be the same as here. */
  readonly environment: string;
  readonly network: pulumi.Output<string>;
  /** Every secret of the environment, by name. */
  readonly secrets: pulumi.Output<Readonly<Record<SecretName, string>>>;
  readonly urls: Urls;

  constructor(name: string, args: StackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("astratrade:platform:Foundation", name, {}, opts);
    const { settings, containers, attempts } = args;
    if (settings.colour !== undefined) throw new pulumi.RunError(`${name}: a foundation has no colour (got ${settings.colour})`);
    const child = { parent: this };

    const network = new Network(
      `${name}-network`,
      { name: networkName(settings.environment), labels: [{ label: LABELS.environment, value: settings.environment }] },
      child,
    );
    const volumes = volumeNames(containers).map(
      (volume) =>
        new Volume(
          `${name}-volume-${volume.slice(networkName(settings.environment).length + 1)}`,
          { name: volume, labels: [{ label: LABELS.environment, value: settings.environment }] },
          {
            ...child,
            // Data outlives the stack. Docker gives an existing volume of this name back as it is, whoever made it;
            // a label that differs must never replace it.
            retainOnDelete: !settings.ephemeral,
            ignoreChanges: ["labels", "driver", "driverOpts"],
          },
        ),
    );
    const values = generatedSecrets(name, child);
    const files = secretFiles(
      name,
      { settings, containers, attempts, image: args.writerImage, values: (secret) => valueOf(values, secret) },
      child,
    );
    const services = workloadServices(
      name,
      { containers, attempts, networkName: network.name, secretFiles: files },
      { ...child, dependsOn: volumes },
    );

    this.environment = settings.environment;
    this.network = network.name;
    this.secrets = pulumi.secret(pulumi.all(values));
    this.urls = environmentUrls(settings, services.has("grafana"), services.has("jaeger"));
    this.registerOutputs({ environment: this.environment, network: this.network, urls: this.urls });
  }
}

/** Data volumes that containers mount, each once. */
function volumeNames(containers: StackArgs["containers"]): readonly string[] {
  return [...new Set(containers.flatMap((spec) => spec.mounts.flatMap((m) => (m.type === "volume" ? [m.volume] : []))))];
}

function valueOf(values: Readonly<Record<SecretName, pulumi.Output<string>>>, name: SecretName): pulumi.Output<string> {
  const value = values[name];
  if (value === undefined) throw new Error(`no secret is named ${name}`);
  return value;
}
