import * as pulumi from "@pulumi/pulumi";
import { Colour } from "./docker/colour.ts";
import { foundationOutputs } from "./docker/foundation-reference.ts";
import { Foundation } from "./docker/foundation.ts";
import { stackArgs } from "./docker/prepare.ts";
import { givenSecretsOfRunningStack, settingsOfRunningStack } from "./docker/stack-config.ts";
import { messageOf } from "./host/user-error.ts";

/** Declares the stack that the engine runs, and returns its outputs. */
async function program(): Promise<Record<string, unknown>> {
  const settings = settingsOfRunningStack();
  const report = (line: string) => void pulumi.log.info(line);
  if (settings.target === "kubernetes") {
    // Loaded here only: its library alone takes longer than all the rest.
    const { clusterProgram } = await import("./kubernetes/program.ts");
    const given = givenSecretsOfRunningStack(settings);
    return await clusterProgram(settings, { given, ...(pulumi.runtime.isDryRun() ? {} : { onImage: report }) });
  }
  const args = await stackArgs(settings, pulumi.runtime.isDryRun() ? {} : { onBuild: report });
  if (settings.colour === undefined) {
    const { environment, network, secrets, urls } = new Foundation("foundation", args);
    return { environment, network, secrets, urls };
  }
  const foundation = await foundationOutputs(settings);
  const { environment, colour, version, url } = new Colour(settings.colour, { ...args, ...foundation, given: givenSecretsOfRunningStack(settings) });
  return { environment, colour, version, url };
}

// People get the message of a failure, not the place in our code that noticed it.
export default await program().catch((error: unknown) => {
  throw pulumi.RunError.isInstance(error) ? error : new pulumi.RunError(messageOf(error));
});
