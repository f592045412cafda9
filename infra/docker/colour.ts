import * as pulumi from "@pulumi/pulumi";
import { LABELS } from "../platform/labels.ts";
import type { SecretName } from "../platform/secrets.ts";
import { environmentUrls } from "../platform/urls.ts";
import { secretFiles } from "./secret-files.ts";
import type { StackArgs } from "./stack-args.ts";
import { workloadServices } from "./workloads.ts";

export interface ColourArgs extends StackArgs {
  /** Network of the foundation. */
  readonly networkName: pulumi.Input<string>;
  /** Secrets of the foundation, by name. */
  readonly secrets: pulumi.Output<Readonly<Record<SecretName, string>>>;
  /** Secrets of this stack's config, by name. */
  readonly given: Readonly<Record<SecretName, string>>;
}

/** One colour: the gateway and the six services, after the migrations that they need. */
export class Colour extends pulumi.ComponentResource {
  readonly environment: string;
  readonly colour: string;
  /** Release that all its workloads are of. */
  readonly version: string;
  /** Where its gateway is reached, once it has weight: through the edge. */
  readonly url: string;

  constructor(name: string, args: ColourArgs, opts?: pulumi.ComponentResourceOptions) {
    super("astratrade:platform:Colour", name, {}, opts);
    const { settings, containers, attempts } = args;
    if (settings.colour === undefined) throw new pulumi.RunError(`${name}: a colour stack needs astratrade:colour, blue or green`);
    const child = { parent: this };

    const files = secretFiles(
      name,
      {
        settings,
        containers,
        attempts,
        image: args.writerImage,
        values: (secret) => pulumi.secret(args.given[secret] ?? args.secrets.apply((all) => valueOf(all, secret, settings.foundationStack))),
      },
      child,
    );
    workloadServices(
      name,
      { containers, attempts, networkName: args.networkName, secretFiles: files },
      child,
    );

    this.environment = settings.environment;
    this.colour = settings.colour;
    this.version = containers[0]?.labels[LABELS.version] ?? "";
    this.url = environmentUrls(settings, false).api;
    this.registerOutputs({ environment: this.environment, colour: this.colour, version: this.version, url: this.url });
  }
}

function valueOf(secrets: Readonly<Record<SecretName, string>>, name: SecretName, foundationStack: string): string {
  const value = secrets[name];
  if (value === undefined) {
    throw new pulumi.RunError(
      `Stack ${foundationStack} has no secret "${name}" yet: it was deployed by an older version. Run: pulumi up --stack ${foundationStack}`,
    );
  }
  return value;
}
