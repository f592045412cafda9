import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "./user-error.ts";

/** Creates a folder that only its owner reads. */
export async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** Writes a file whole or not at all: an interrupted write leaves the old one. */
export async function writeWhole(path: string, text: string, mode = 0o600): Promise<void> {
  await privateFolder(dirname(path));
  const next = `${path}.${process.pid}.next`;
  await writeFile(next, text, { mode });
  await rename(next, path);
}

/** Text of a file; undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * JSON object of a file; undefined when there is none.
 * @throws UserError when the file is not a JSON object.
 */
export async function readObject(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Not JSON: told below, without the parser's excerpt, which could be a secret.
  }
  throw new UserError(`${path} is damaged: it should hold a JSON object. Restore it from a backup, or remove it.`);
}
