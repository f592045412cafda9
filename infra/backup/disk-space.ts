import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../host/user-error.ts";

/** Never filled to the last byte: the databases live on disks, too. */
const SPARE_BYTES = 256 * 1024 * 1024;

/** `1.2 GB`, `340 MB`, `12 kB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
  return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}

/** The nearest folder above a path that is there. */
function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path));
}

/**
 * Holds a place to the space that something may take there. `what` is the subject of the error: "A backup of 1.2 GB".
 * @throws UserError with how much is missing.
 */
export async function requireSpace(
  path: string,
  neededBytes: number,
  what: string,
  freeBytes: (folder: string) => Promise<number> = async (folder) => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
): Promise<void> {
  const folder = existing(path);
  const free = await freeBytes(folder);
  const wanted = neededBytes + SPARE_BYTES;
  if (free >= wanted) return;
  throw new UserError(
    `${what} may need ${formatBytes(wanted)}, and ${folder} has ${formatBytes(free)} free.\nFree ${formatBytes(wanted - free)} there, or name another place.`,
  );
}
