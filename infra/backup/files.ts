import { existsSync, statSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { STATE_FOLDER } from "../host/paths.ts";
import { partialOf } from "./archive-writer.ts";

/** Where backups go that nobody names a place for: beside the environments, so that removing one leaves its backups. */
export function backupFolder(environment: string, stateFolder = STATE_FOLDER): string {
  return join(stateFolder, "backups", environment);
}

/** `astra-dev-20261121T144035Z.tar`: sorts by time. */
export function backupName(environment: string, at: Date): string {
  return `astra-${environment}-${at.toISOString().replaceAll(/[-:]|\.\d+/g, "")}.tar`;
}

function pattern(environment: string): RegExp {
  return new RegExp(`^astra-${environment}-\\d{8}T\\d{6}Z\\.tar$`);
}

/** The file that `--to` means: itself, or a name in a folder that is there. */
export function backupFile(environment: string, to: string | undefined, at: Date, stateFolder?: string): string {
  const name = backupName(environment, at);
  if (to === undefined) return join(backupFolder(environment, stateFolder), name);
  return to.endsWith("/") || (existsSync(to) && statSync(to).isDirectory()) ? join(to, name) : to;
}

/** Removes what killed backups of this environment left in a folder. */
export async function removePartials(environment: string, folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => []))
    if (name.endsWith(partialOf("")) && pattern(environment).test(name.slice(0, -partialOf("").length))) await rm(join(folder, name), { force: true });
}

/**
 * Removes all but the newest `keep` backups (at least 1) of an environment from a folder. Files with names of their own
 * are left alone.
 * @returns names of those that went
 */
export async function removeOld(environment: string, folder: string, keep: number): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => pattern(environment).test(name)).sort();
  const old = names.slice(0, Math.max(0, names.length - keep));
  for (const name of old) await rm(join(folder, name), { force: true });
  return old;
}
