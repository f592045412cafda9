import { join } from "node:path";
import type { StackKey } from "../engine/engine.ts";

/** Folder of the checkout. */
export const PROJECT_ROOT = join(import.meta.dirname, "..", "..");

/** Everything that this machine keeps: ignored by git, mode 0700. */
export const STATE_FOLDER = join(PROJECT_ROOT, ".astra");

/** What one environment keeps: secrets, record, lock, compose files. */
export function environmentFolder(environment: string, stateFolder = STATE_FOLDER): string {
  return join(stateFolder, "environments", environment);
}

export function stackFolder(environment: string, stack: StackKey, stateFolder = STATE_FOLDER): string {
  return join(environmentFolder(environment, stateFolder), stack);
}
