import type { ContainerSpec } from "../platform/container.ts";
import type { Settings } from "../platform/settings.ts";

/** What both kinds of stack are made from: plain data, all of it known before a resource is declared. */
export interface StackArgs {
  readonly settings: Settings;
  /** In start order. */
  readonly containers: readonly ContainerSpec[];
  /** Image that writes secret files. */
  readonly writerImage: string;
}
