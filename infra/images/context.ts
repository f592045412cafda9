import { createHash } from "node:crypto";
import { chmod, copyFile, link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** One file of a build context. */
export interface ContextFile {
  /** Path inside the context, with `/`. */
  readonly path: string;
  readonly executable: boolean;
  /** Its bytes; or, for a file too large to read each time, where it lies and what names its content. */
  readonly content: Buffer | { readonly file: string; readonly identity: string };
}

/** Every file below a folder, in a stable order; `prefix` is put before each path. */
export async function filesBelow(folder: string, prefix = ""): Promise<readonly ContextFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return await Promise.all(
    files.sort().map(async (file) => ({
      path: prefix + relative(folder, file).replaceAll("\\", "/"),
      executable: ((await stat(file)).mode & 0o100) !== 0,
      content: await readFile(file),
    })),
  );
}

/**
 * Names an image by everything that its build gets: files with their modes, and build arguments (which hold the
 * parent's tag and the packages' versions). Equal tags mean equal images; 12 hex digits.
 */
export function contentTag(files: readonly ContextFile[], buildArgs: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  for (const [name, value] of Object.entries(buildArgs).sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(JSON.stringify([name, value]));
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const content = Buffer.isBuffer(file.content)
      ? createHash("sha256").update(file.content).digest("hex")
      : file.content.identity;
    hash.update(JSON.stringify([file.path, file.executable, content]));
  }
  return hash.digest("hex").slice(0, 12);
}

async function sameContent(path: string, file: ContextFile): Promise<boolean> {
  try {
    if (!Buffer.isBuffer(file.content))
      return (await stat(path)).size === (await stat(file.content.file)).size;
    return (await readFile(path)).equals(file.content);
  } catch {
    return false;
  }
}

async function place(path: string, file: ContextFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const next = `${path}.${process.pid}.next`;
  if (Buffer.isBuffer(file.content)) await writeFile(next, file.content);
  else {
    const source = file.content.file;
    await rm(next, { force: true });
    // A hard link costs no space; another file system needs a copy.
    await link(source, next).catch(async () => await copyFile(source, next));
  }
  await rename(next, path);
}

/**
 * Makes a folder hold exactly these files. Files that are right stay untouched and others are replaced whole, so that
 * two commands may do it at once.
 */
export async function writeContext(folder: string, files: readonly ContextFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of files) {
    const path = join(folder, file.path);
    if (!(await sameContent(path, file))) await place(path, file);
    if (Buffer.isBuffer(file.content)) await chmod(path, file.executable ? 0o755 : 0o644);
  }
  const wanted = new Set(files.map((file) => file.path));
  for (const present of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(present.parentPath, present.name)).replaceAll("\\", "/");
    if (present.isFile() && !wanted.has(path) && !path.endsWith(".next")) await rm(join(folder, path), { force: true });
  }
}
