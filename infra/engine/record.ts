import { join } from "node:path";
import { readObject, writeWhole } from "../host/files.ts";
import { environmentFolder } from "../host/paths.ts";
import { UserError } from "../host/user-error.ts";
import { ENGINES, type EngineName, type StackKey } from "./engine.ts";

/** What is remembered of an environment between commands. */
export interface EnvironmentRecord {
  readonly engine: EngineName;
  /** `--config` of the last `up`; later commands use the same. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly stacks: Readonly<Partial<Record<StackKey, { readonly version: string; readonly at: string }>>>;
}

export function recordFile(environment: string, stateFolder?: string): string {
  return join(environmentFolder(environment, stateFolder), "record.json");
}

function isEngine(value: unknown): value is EngineName {
  return ENGINES.some((engine) => engine === value);
}

/**
 * The record of an environment; undefined when this folder has not deployed it.
 * @throws UserError when the file is damaged.
 */
export async function readRecord(environment: string, stateFolder?: string): Promise<EnvironmentRecord | undefined> {
  const file = recordFile(environment, stateFolder);
  const value = await readObject(file);
  if (value === undefined) return undefined;
  if (!isEngine(value["engine"]))
    throw new UserError(`${file} is damaged: "engine" takes ${ENGINES.join(" or ")}. Correct it, or remove the file.`);
  return {
    engine: value["engine"],
    overrides: (value["overrides"] ?? {}) as EnvironmentRecord["overrides"],
    stacks: (value["stacks"] ?? {}) as EnvironmentRecord["stacks"],
  };
}

export async function writeRecord(environment: string, record: EnvironmentRecord, stateFolder?: string): Promise<void> {
  await writeWhole(recordFile(environment, stateFolder), `${JSON.stringify(record, null, 2)}\n`);
}

/** @throws UserError when the environment was deployed by another engine. */
export function requireSameEngine(environment: string, record: EnvironmentRecord | undefined, engine: EngineName): void {
  if (record === undefined || record.engine === engine || Object.keys(record.stacks).length === 0) return;
  throw new UserError(
    `Environment "${environment}" was deployed by ${record.engine}, and ${engine} does not know its state.\n` +
      `Use --engine ${record.engine}, or take it down first: ./astra down --environment ${environment} --engine ${record.engine}`,
  );
}
