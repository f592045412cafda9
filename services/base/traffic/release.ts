import type { Colour } from "../config.ts";

/**
 * Where a change of colour stands. `running`: weight moves, step by step. `watching`: all weight has moved, the old
 * colour is kept warm and degradation still takes it back. `reverted`: it was taken back. `ended`: there is no way back any
 * more, since the old colour was taken down or deployed anew.
 */
export type ReleaseState = "running" | "watching" | "reverted" | "ended";
export const RELEASE_STATES: readonly ReleaseState[] = ["running", "watching", "reverted", "ended"];

/** A step of a schema after which an older release cannot serve a workload again, once a newer one has served it. */
export interface OneWayStep {
  readonly workload: string;
  /** Id of the migration. */
  readonly migration: string;
}

/** The last change of colour. It stands in the traffic table, so that both are always of one mind. */
export interface Release {
  readonly id: string;
  readonly from: Colour;
  readonly to: Colour;
  readonly state: ReleaseState;
  /** Steps made and steps in all. */
  readonly step: number;
  readonly steps: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** End of the watch period, ISO 8601; absent until all weight has moved. */
  readonly watchUntil?: string;
  /** What keeps `from` from serving again, workload by workload. Absent: nothing does. */
  readonly oneWay?: readonly OneWayStep[];
  /** Why it failed and stays where it is: it could not be taken back. Absent: it has not. */
  readonly frozen?: string;
}

/** What is wrong with a value that should be a release; empty when nothing is. */
export function releaseProblems(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return ["release: takes an object"];
  const release = value as Partial<Record<keyof Release, unknown>>;
  const problems: string[] = [];
  for (const key of ["from", "to"] as const) {
    if (release[key] !== "blue" && release[key] !== "green") problems.push(`release.${key}: takes blue or green (got ${JSON.stringify(release[key])})`);
  }
  if (!RELEASE_STATES.some((state) => state === release.state)) {
    problems.push(`release.state: takes ${RELEASE_STATES.join(", ")} (got ${JSON.stringify(release.state)})`);
  }
  for (const key of ["id", "startedAt"] as const) {
    if (typeof release[key] !== "string") problems.push(`release.${key}: takes text (got ${JSON.stringify(release[key])})`);
  }
  for (const key of ["step", "steps"] as const) {
    if (!Number.isSafeInteger(release[key])) problems.push(`release.${key}: takes a whole number (got ${JSON.stringify(release[key])})`);
  }
  return problems;
}

/** Whether degradation still takes the release back by itself. */
export function isUnderWatch(release: Release | undefined, nowMs: number): release is Release {
  if (release?.state === "running") return true;
  return release?.state === "watching" && release.watchUntil !== undefined && nowMs < Date.parse(release.watchUntil);
}

/** Whether a release has failed and stands still, since a migration cannot go back. */
export function isFrozen(release: Release | undefined): release is Release & { readonly frozen: string } {
  return release?.frozen !== undefined && (release.state === "running" || release.state === "watching");
}

/** The release without its freeze: it was taken back after all, or accepted as it is. */
export function thawed(release: Release): Release {
  const rest: { -readonly [Key in keyof Release]: Release[Key] } = { ...release };
  delete rest.frozen;
  return rest;
}
