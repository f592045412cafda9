import type { ContainerSpec, Release } from "../platform/container.ts";
import type { Settings } from "../platform/settings.ts";
import type { Colour } from "../platform/workload.ts";

export type EngineName = "pulumi" | "compose" | "kubectl";
export const ENGINES: readonly EngineName[] = ["pulumi", "compose", "kubectl"];
/** As people call them. */
export const ENGINE_TITLES: Readonly<Record<EngineName, string>> = { pulumi: "Pulumi", compose: "Compose", kubectl: "kubectl" };

/** One deployable part of an environment. */
export type StackKey = "foundation" | Colour;

/** Which stack is meant, and what was decided about it. */
export interface StackTarget {
  readonly stack: StackKey;
  /** Name of its Pulumi stack and of its `Pulumi.<name>.yaml`. */
  readonly stackName: string;
  readonly settings: Settings;
  /** `--config key=value` of this environment, over what the stack's file says. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** A stack with everything that shall run in it. */
export interface StackDeployment extends StackTarget {
  /** In start order; one-shot jobs come before what depends on them. */
  readonly containers: readonly ContainerSpec[];
  /** What the containers were made from; a cluster's objects are made from the same. */
  readonly release: Release;
}

/** Takes one line about what goes on inside a step; may be shown briefly or not at all. */
export type Report = (line: string) => void;

/**
 * A way to bring containers to what the model says. It creates, changes and removes; whether what it started works
 * is asked by `readiness.ts`, in the same way for every engine.
 */
export interface Engine {
  readonly name: EngineName;
  /**
   * Brings one stack to its declared state, with network, volumes and secrets. Does nothing where nothing changed,
   * and finishes what an interrupted run began.
   * @throws UserError with what failed and what to do.
   */
  deploy(deployment: StackDeployment, report: Report): Promise<void>;
  /** Stops the stack's containers within their grace periods and removes them; volumes and secrets stay. */
  remove(target: StackTarget, report: Report): Promise<void>;
  /** Removes an environment's data for good: volumes, secrets, network, state. Its stacks have been removed before. */
  purge(targets: readonly StackTarget[], report: Report): Promise<void>;
}
