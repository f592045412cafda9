import type { Clock } from "../clock.ts";
import { withDeadline } from "../deadline.ts";

export interface DependencyHealth {
  readonly status: "up" | "down";
  /** Time that the answer took. */
  readonly latencyMs?: number;
  /** Why it is down, for people. */
  readonly reason?: string;
  /** What else is worth knowing: numbers of instances, ages. */
  readonly [detail: string]: string | number | boolean | undefined;
}

/** A dependency is down, and there is more to tell of it than the reason. */
export class DependencyDownError extends Error {
  override readonly name = "DependencyDownError";
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(reason: string, details: Readonly<Record<string, string | number | boolean>>) {
    super(reason);
    this.details = details;
  }
}

/** How to find out whether one dependency answers. */
export interface DependencyProbe {
  readonly name: string;
  /** Longest wait; past it the dependency is down. @default 500 */
  readonly deadlineMs?: number;
  /** Rejects when it is down; what it resolves with is added to the report. */
  check(): Promise<Readonly<Record<string, string | number | boolean>> | undefined>;
}

const DEADLINE_MS = 500;

/** Asks one dependency; never rejects and never takes longer than the deadline. */
export async function askDependency(probe: DependencyProbe, clock: Clock): Promise<DependencyHealth> {
  const startedAt = clock.now();
  try {
    const details = await withDeadline(probe.name, probe.deadlineMs ?? DEADLINE_MS, probe.check());
    return { status: "up", latencyMs: clock.now() - startedAt, ...details };
  } catch (error) {
    const details = error instanceof DependencyDownError ? error.details : {};
    return { status: "down", reason: error instanceof Error ? error.message : String(error), ...details };
  }
}
