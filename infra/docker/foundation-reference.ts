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
 * Reads where the foundation stands: its network on Docker, its namespace on a cluster.
 * @throws RunError when that stack has not been deployed to this target, or holds another environment.
 */
export async function foundationReference(
  settings: Settings,
  placeOutput: "network" | "namespace",
): Promise<{ readonly reference: pulumi.StackReference; readonly place: string }> {
  const stack = settings.foundationStack;
  const missing = `Stack ${stack} holds the foundation of environment ${settings.environment} and has not been deployed to ${settings.target}. Run: pulumi up --stack ${stack}`;
  const reference = new pulumi.StackReference(qualified(stack));
  let environment: unknown;
  let place: unknown;
  try {
    environment = (await reference.getOutputDetails("environment")).value;
    place = (await reference.getOutputDetails(placeOutput)).value;
  } catch (error) {
    throw new pulumi.RunError(`${missing}\n(${error instanceof Error ? error.message : String(error)})`);
  }
  if (typeof environment !== "string" || typeof place !== "string") throw new pulumi.RunError(missing);
  if (environment !== settings.environment) {
    throw new pulumi.RunError(
      `Stack ${stack} holds the foundation of environment ${environment}, and this stack belongs to ${settings.environment}. ` +
        `Set astratrade:environment or astratrade:foundationStack of one of them.`,
    );
  }
  return { reference, place };
}

/**
 * Reads the foundation's outputs.
 * @throws RunError when that stack has not been deployed, or holds another environment.
 */
export async function foundationOutputs(settings: Settings): Promise<FoundationOutputs> {
  const { reference, place } = await foundationReference(settings, "network");
  return { networkName: place, secrets: reference.requireOutput("secrets") as FoundationOutputs["secrets"] };
}
