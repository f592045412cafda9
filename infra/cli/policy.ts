import { stackModel, type EnvironmentConfig } from "../engine/model.ts";
import { engineMemoryBytes } from "../host/docker.ts";
import { UserError } from "../host/user-error.ts";
import type { HostFacts } from "../platform/host-facts.ts";
import type { ImageReferences } from "../platform/images.ts";
import { COLOURS } from "../platform/workload.ts";
import { checkPlatform, denials, describeViolation, platformForm } from "../policy/check.ts";
import type { Violation } from "../policy/rule.ts";
import type { Progress } from "./progress.ts";

/** A cluster's nodes come and go, and its scheduler knows what fits: the machine that asks says nothing of it. */
export function memoryOfCluster(): Promise<undefined> {
  return Promise.resolve(undefined);
}

/** Which rules an environment would break with all its stacks up. */
export async function environmentViolations(
  config: EnvironmentConfig,
  facts: HostFacts,
  images: ImageReferences,
  machineMemory: () => Promise<number | undefined> = engineMemoryBytes,
): Promise<readonly Violation[]> {
  const machineMemoryBytes = await machineMemory();
  const containers = (stack: keyof EnvironmentConfig["targets"]) => stackModel(config.targets[stack], facts, images).containers;
  const form = platformForm(
    { foundation: containers("foundation"), colours: COLOURS.map(containers) },
    {
      portOffset: config.targets.foundation.settings.portOffset,
      ...(machineMemoryBytes === undefined ? {} : { machineMemoryBytes }),
    },
  );
  return checkPlatform(form);
}

/**
 * Lets nothing be deployed that breaks a rule, and says what is only to be warned of.
 * @throws UserError with every rule that is broken.
 */
export async function requirePolicy(
  config: EnvironmentConfig,
  facts: HostFacts,
  images: ImageReferences,
  progress: Progress,
  machineMemory?: () => Promise<number | undefined>,
): Promise<void> {
  const violations = await progress.step("policy", async () => {
    const found = await environmentViolations(config, facts, images, machineMemory);
    const denied = denials(found);
    if (denied.length > 0)
      throw new UserError(["Nothing was changed: this breaks rules of infra/policy.", ...denied.map((each) => `  ${describeViolation(each)}`)].join("\n"));
    return found;
  });
  for (const violation of violations) progress.note(`Warning: ${describeViolation(violation)}`);
}
