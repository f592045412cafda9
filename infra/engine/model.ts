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

/** What overrides say of one stack: those for all, and over them those with its name in front: `green:replicas.user`. */
export function overridesOf(stack: StackKey, overrides: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(overrides);
  const forStack = (key: string): StackKey | undefined => STACKS.find((one) => key.startsWith(`${one}:`));
  return Object.fromEntries([
    ...entries.filter(([key]) => forStack(key) === undefined),
    ...entries.flatMap(([key, value]) => (forStack(key) === stack ? [[key.slice(stack.length + 1), value] as const] : [])),
  ]);
}

/**
 * Config of the three stacks of an environment. Overrides hold for all of them, or with a stack's name in front for one.
 * @throws ConfigError with every problem of the first stack that has any.
 */
export function environmentConfig(
  environment: string,
  overrides: Readonly<Record<string, string>>,
  projectRoot = PROJECT_ROOT,
): EnvironmentConfig {
  const target = (stack: StackKey): StackTarget => {
    const stackName = stackNameOf(environment, stack);
    const own = { ...overridesOf(stack, overrides), environment, ...(stack === "foundation" ? {} : { colour: stack }) };
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
