import type { ReadOptions } from "../logs/docker-logs.ts";
import type { SecretName } from "../platform/secrets.ts";
import type { Target } from "../platform/settings.ts";
import type { Container } from "./containers.ts";
import type { ContainerUsage } from "./usage.ts";

/** How a person opens an address: `kubectl port-forward ...`; absent where it is open already. */
export type OpenedBy = (port: number) => string | undefined;

/** A program and its arguments, for whoever starts it. */
export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * Where an environment runs, as commands need it: this machine's Docker engine, or a cluster. What they show and
 * decide is the same for both; only how to ask differs, and that is here.
 */
export interface Runtime {
  readonly target: Target;
  /** Every container of the environment, running or not; on a cluster its pods, which have one each. */
  containers(): Promise<readonly Container[]>;
  /** What running ones use, by name; undefined when nobody says, or not in time. */
  usage(containers: readonly Container[]): Promise<ReadonlyMap<string, ContainerUsage> | undefined>;
  /** A container's log, each line with the time at which the engine got it in front. */
  log(container: string, options: ReadOptions, signal: AbortSignal): AsyncIterable<string>;
  /** Ids of containers as they start. */
  starts(signal: AbortSignal): AsyncIterable<string>;
  /** A secret's value; undefined where there is none, or nobody to ask. */
  secret(name: SecretName): Promise<string | undefined>;
  /** Command line that shows a secret to a person. */
  secretBy(name: SecretName, workload: string): string;
  /** What runs a command inside a store's container, with standard input and outputs. */
  inside(store: "postgres" | "redis", command: readonly string[]): CommandLine;
  /**
   * Port on this machine's loopback that leads to a port of the platform: `PORTS`, or a service's own.
   * @throws UserError when the platform cannot be reached.
   */
  localPort(port: number): Promise<number>;
  /** `fetch` for addresses of `environmentUrls`, wherever the environment is. */
  readonly fetch: typeof fetch;
  readonly openedBy: OpenedBy;
  /** Closes what `localPort` and `fetch` opened. */
  close(): void;
}
