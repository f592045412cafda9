import * as pulumi from "@pulumi/pulumi";
import type { SecretName } from "../platform/secrets.ts";
import type { Settings } from "../platform/settings.ts";

/** What a colour takes from its environment's foundation. */
export interface FoundationOutputs {
  readonly networkName: string;
  readonly secrets: pulumi.Output<Readonly<Record<SecretName, string>>>;
}

/** `dev` in full; file backends have one organization, which is called `organization`. */
function qualified(stack: string): string {
  return stack.includes("/") ? stack : `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
}

/**
 * Reads the foundation's outputs.
 * @throws RunError when that stack has not been deployed, or holds another environment.
 */
export async function foundationOutputs(settings: Settings): Promise<FoundationOutputs> {
  const stack = settings.foundationStack;
  const missing = `Stack ${stack} holds the foundation of environment ${settings.environment} and has not been deployed. Run: pulumi up --stack ${stack}`;
  const reference = new pulumi.StackReference(qualified(stack));
  let environment: unknown;
  let network: unknown;
  try {
    environment = (await reference.getOutputDetails("environment")).value;
    network = (await reference.getOutputDetails("network")).value;
  } catch (error) {
    throw new pulumi.RunError(`${missing}\n(${error instanceof Error ? error.message : String(error)})`);
  }
  if (typeof environment !== "string" || typeof network !== "string") throw new pulumi.RunError(missing);
  if (environment !== settings.environment) {
    throw new pulumi.RunError(
      `Stack ${stack} holds the foundation of environment ${environment}, and this stack belongs to ${settings.environment}. ` +
        `Set astratrade:environment or astratrade:foundationStack of one of them.`,
    );
  }
  return { networkName: network, secrets: reference.requireOutput("secrets") as FoundationOutputs["secrets"] };
}
