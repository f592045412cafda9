import type { ContainerSpec } from "../platform/container.ts";
import type { Settings } from "../platform/settings.ts";
import type { Attempts } from "./job.ts";

/** What both kinds of stack are made from: plain data, all of it known before a resource is declared. */
export interface StackArgs {
  readonly settings: Settings;
  /** In start order. */
  readonly containers: readonly ContainerSpec[];
  /** Image that writes secret files. */
  readonly writerImage: string;
  /** Jobs that run again after a failure. */
  readonly attempts: Attempts;
}
