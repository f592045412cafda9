import type { StackKey } from "../engine/engine.ts";

export type DriftKind = "container" | "image" | "volume" | "network" | "secret files" | "file" | "object";

/** What happened to a thing. `foreign`: it carries our labels, and nobody deployed it. */
export type DriftProblem = "missing" | "stopped" | "paused" | "changed" | "replaced" | "foreign";

/**
 * How `./astra up` mends it. `in place`: the container runs on. `refused`: it may be somebody's, so a person decides.
 */
export type DriftMend = "create" | "start" | "unpause" | "in place" | "replace" | "remove" | "refused";

/** One field that is not what was deployed. Absent: there is no such field. */
export interface DriftField {
  readonly field: string;
  readonly expected?: string;
  readonly found?: string;
}

/** One thing that was changed or removed since it was deployed, by something else than a deployment. */
export interface DriftItem {
  readonly stack: StackKey;
  readonly kind: DriftKind;
  readonly name: string;
  /** Of a container, else empty. */
  readonly workload: string;
  readonly problem: DriftProblem;
  readonly fields: readonly DriftField[];
  readonly mend: DriftMend;
  /** What a person has to know beside that. */
  readonly note?: string;
}

/** Drift of a stack, and what could not be looked at. */
export interface Drift {
  readonly items: readonly DriftItem[];
  readonly notes: readonly string[];
}

/** Exit code of `./astra drift` that found some: neither a failure (1) nor wrong usage (2). */
export const DRIFT_FOUND = 3;
