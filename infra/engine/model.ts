import { compareVersions } from "../compose/compose-tool.ts";
import { settingsOfStack } from "../config/stack-file.ts";
import { stackNameOf } from "../config/settings.ts";
import { PROJECT_ROOT } from "../host/paths.ts";
import { stackContainers } from "../platform/container.ts";
import type { HostFacts } from "../platform/host-facts.ts";
import type { ImageReferences } from "../platform/images.ts";
import { stackWorkloads } from "../platform/platform.ts";
import { releaseOf } from "../platform/release.ts";
import { COLOURS, type Workload } from "../platform/workload.ts";
import type { StackDeployment, StackKey, StackTarget } from "./engine.ts";

export const STACKS: readonly StackKey[] = ["foundation", ...COLOURS];

/** Everything of an environment that is decided before anything is built. */
export interface EnvironmentConfig {
  readonly environment: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly targets: Readonly<Record<StackKey, StackTarget>>;
}

/**
 * Config of the three stacks of an environment.
 * @throws ConfigError with every problem of the first stack that has any.
 */
export function environmentConfig(
  environment: string,
  overrides: Readonly<Record<string, string>>,
  projectRoot = PROJECT_ROOT,
): EnvironmentConfig {
  const target = (stack: StackKey): StackTarget => {
    const stackName = stackNameOf(environment, stack);
    const own = { ...overrides, environment, ...(stack === "foundation" ? {} : { colour: stack }) };
    const settings = settingsOfStack(projectRoot, stackName, own);
    return { stack, stackName, settings, overrides: own };
  };
  return {
    environment,
    overrides,
    targets: { foundation: target("foundation"), blue: target("blue"), green: target("green") },
  };
}

/** A stack with its workloads, as data: what the engine deploys and the waits ask. */
export interface StackModel extends StackDeployment {
  readonly workloads: readonly Workload[];
}

/** Describes a stack completely. */
export function stackModel(target: StackTarget, facts: HostFacts, images: ImageReferences): StackModel {
  const workloads = stackWorkloads(target.settings, facts);
  const release = releaseOf(target.settings, facts, images);
  return { ...target, workloads, release, containers: stackContainers(workloads, release) };
}

/** Engine and tool both know a health check's start interval. */
export function knowsStartInterval(engineVersion: string, tool: { readonly startInterval: boolean } | undefined): boolean {
  return compareVersions(engineVersion, "25.0.0") >= 0 && (tool?.startInterval ?? true);
}
