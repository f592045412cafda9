import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { PROJECT_ROOT } from "../host/paths.ts";
import { run } from "../host/run.ts";

/** What the platform and its deployment are made of. Tests and texts are no part of it. */
const FOLDERS = ["alerts/_gen", "dashboards/_gen", "images", "infra", "services"];
const FILES = ["astra", "package.json", "package-lock.json", "tsconfig.json"];
const GIT_MS = 10_000;

/** Hashes of the program's files, by path from the root with forward slashes; texts for people are left out. */
export async function sourceHashes(root: string = PROJECT_ROOT): Promise<Readonly<Record<string, string>>> {
  const inFolders = await Promise.all(
    FOLDERS.map(async (folder) => {
      const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".md")).map((entry) => relative(root, join(entry.parentPath, entry.name)));
    }),
  );
  const top = await readdir(root);
  const names = [...FILES.filter((file) => top.includes(file)), ...top.filter((file) => /^Pulumi(\..+)?\.yaml$/.test(file)), ...inFolders.flat()];
  const hashes = await Promise.all(
    names.map(async (name) => [name.replaceAll("\\", "/"), createHash("sha256").update(await readFile(join(root, name))).digest("hex").slice(0, 12)] as const),
  );
  return Object.fromEntries(hashes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The commit that is checked out; undefined outside of git. */
export async function currentCommit(root: string = PROJECT_ROOT): Promise<string | undefined> {
  const { code, stdout } = await run("git", ["rev-parse", "HEAD"], { cwd: root, deadlineMs: GIT_MS });
  return code === 0 ? stdout.trim() : undefined;
}
