import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { PROJECT_ROOT } from "./paths.ts";

/** Files below folders of the project, by path from its root. A folder that is not there is empty. */
export async function committedFiles(folders: readonly string[], root: string = PROJECT_ROOT): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      files.set(relative(root, path).replaceAll("\\", "/"), await readFile(path, "utf8"));
    }
  }
  return files;
}

/** Makes folders that hold nothing but generated files hold exactly these. Files that are right stay untouched. */
export async function writeGenerated(
  folders: readonly string[],
  files: ReadonlyMap<string, string>,
  root: string = PROJECT_ROOT,
): Promise<void> {
  const present = await committedFiles(folders, root);
  for (const [path, text] of files) {
    if (present.get(path) === text) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    console.log(`wrote ${path}`);
  }
  for (const path of present.keys()) {
    if (files.has(path)) continue;
    await rm(join(root, path));
    console.log(`removed ${path}`);
  }
}
