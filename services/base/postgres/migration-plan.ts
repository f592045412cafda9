import { createHash } from "node:crypto";
import type { Colour } from "../config.ts";
import { expandProblems } from "./expand-check.ts";
import { isReversible, type Migration } from "./migration.ts";

/** A schema that cannot be brought up to date; every reason is a line of the message. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
  readonly code = "migration-refused";
}

/** A step as the database remembers it. */
export interface RecordedStep {
  readonly checksum: string;
  /** Releases that do not have it can come back all the same. */
  readonly reversible: boolean;
}

/** A release of the other colour that may still run. */
export interface OtherRelease {
  readonly colour: Colour;
  readonly version: string;
  /** Ids of its steps in this schema. */
  readonly steps: ReadonlySet<string>;
}

export interface MigrationPlan {
  readonly apply: readonly Migration[];
  /** Contract steps that the other colour's release does not have: they need it gone. */
  readonly needGone: readonly Migration[];
}

const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Fingerprint by which a changed step is found. */
export function checksumOf(migration: Migration): string {
  return createHash("sha256").update(migration.sql).digest("hex");
}

function problemsOf(migrations: readonly Migration[], recorded: ReadonlyMap<string, RecordedStep>): readonly string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const migration of migrations) {
    const { id } = migration;
    if (!ID.test(id)) problems.push(`${id}: an id takes lower case, digits and dashes (0001-accounts)`);
    if (seen.has(id)) problems.push(`${id}: stands twice in the list`);
    seen.add(id);
    const known = recorded.get(id);
    if (known === undefined) problems.push(...expandProblems(migration));
    else if (known.checksum !== checksumOf(migration)) problems.push(`${id}: its SQL was changed after it had been applied. Fix: restore it and add a further migration`);
  }
  for (const [id, { reversible }] of recorded) {
    if (!reversible && !seen.has(id)) problems.push(`${id}: was applied by a newer release and cannot be undone, and this release does not know it. Fix: deploy a release that has this step`);
  }
  return problems;
}

/**
 * What of a schema's steps is to be applied, in order. Refused is a list that could be applied differently on two machines,
 * that differs from what was applied, that would break the release beside it, or that is too old for what was applied.
 *
 * @param schema named in errors
 * @param migrations the release's steps
 * @param recorded the steps that stand in the database, by id
 * @param other the other colour's release; absent where none runs
 * @throws MigrationError that names every step at fault
 */
export function planMigrations(
  schema: string,
  migrations: readonly Migration[],
  recorded: ReadonlyMap<string, RecordedStep>,
  other?: OtherRelease,
): MigrationPlan {
  const problems = problemsOf(migrations, recorded);
  if (problems.length > 0) throw new MigrationError(`schema ${schema}: ${problems.join("\n  ")}`);
  const missing = migrations.filter((migration) => !recorded.has(migration.id));
  const needsGone = ({ id, phase }: Migration): boolean => phase === "contract" && other !== undefined && !other.steps.has(id);
  return { apply: missing.filter((migration) => !needsGone(migration)), needGone: missing.filter(needsGone) };
}

/** Steps of a release that another one cannot come back after, once this one has served. */
export function oneWaySteps(recorded: ReadonlyMap<string, RecordedStep>, back: OtherRelease): readonly string[] {
  return [...recorded].flatMap(([id, { reversible }]) => (reversible || back.steps.has(id) ? [] : [id]));
}

/** How a step is remembered. */
export function recordOf(migration: Migration): RecordedStep {
  return { checksum: checksumOf(migration), reversible: isReversible(migration) };
}
