import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { UserError } from "../host/user-error.ts";
import { PARTS, parseManifest, type Manifest } from "./manifest.ts";
import { BLOCK_BYTES, paddedBytes, readTarHeader } from "./tar.ts";

/** A file inside a backup. */
export interface Entry {
  readonly name: string;
  readonly sizeBytes: number;
  /** Where its content begins, bytes from the beginning of the backup. */
  readonly at: number;
}

/** A backup that was read through: every byte is what was written. */
export interface Archive {
  readonly file: string;
  readonly sizeBytes: number;
  readonly manifest: Manifest;
  readonly entries: readonly Entry[];
}

/** Longest text that is read at once: the manifest or the sums. */
const MOST_TEXT_BYTES = 4 * 1024 * 1024;

function damaged(file: string, what: string): UserError {
  return new UserError(`${file} is damaged: ${what}. Nothing of it is used; take another backup.`);
}

async function openBackup(file: string): Promise<FileHandle> {
  try {
    return await open(file, "r");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause && cause.code === "ENOENT" ? "there is no such file" : String(cause);
    throw new UserError(`${file} cannot be read: ${reason}.`, { cause });
  }
}

async function entriesOf(file: string, handle: FileHandle, sizeBytes: number): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const header = Buffer.alloc(BLOCK_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(header, 0, BLOCK_BYTES, at);
    if (bytesRead < BLOCK_BYTES) throw damaged(file, `it ends after ${sizeBytes} bytes, in the middle`);
    let found: ReturnType<typeof readTarHeader>;
    try {
      found = readTarHeader(header);
    } catch {
      throw entries.length === 0
        ? new UserError(`${file} is no backup of this platform: it does not begin with ${PARTS.manifest}.`)
        : damaged(file, `behind ${entries.at(-1)?.name ?? ""} there is something else`);
    }
    if (found === undefined) {
      if (at + 2 * BLOCK_BYTES > sizeBytes) throw damaged(file, "it was cut off at its end");
      return entries;
    }
    const entry = { ...found, at: at + BLOCK_BYTES };
    entries.push(entry);
    if (entries.length === 1 && entry.name !== PARTS.manifest)
      throw new UserError(`${file} is no backup of this platform: it begins with "${entry.name}", not with ${PARTS.manifest}.`);
    at = entry.at + paddedBytes(entry.sizeBytes);
    if (at > sizeBytes) throw damaged(file, `it was cut off inside ${entry.name}: ${sizeBytes} bytes of ${at} at least`);
  }
}

async function textOf(handle: FileHandle, entry: Entry): Promise<string> {
  const text = Buffer.alloc(Math.min(entry.sizeBytes, MOST_TEXT_BYTES));
  await handle.read(text, 0, text.length, entry.at);
  return text.toString("utf8");
}

/** Content of a file inside a backup. */
export function contentOf(file: string, entry: Entry): AsyncIterable<Uint8Array> & NodeJS.ReadableStream {
  // `end` is the last byte itself, so that an empty file has none before its beginning.
  return createReadStream(file, { start: entry.at, end: entry.at + Math.max(0, entry.sizeBytes - 1), highWaterMark: 1024 * 1024 });
}

async function sha256Of(file: string, entry: Entry): Promise<string> {
  const hash = createHash("sha256");
  if (entry.sizeBytes > 0) for await (const chunk of contentOf(file, entry)) hash.update(chunk);
  return hash.digest("hex");
}

/** An entry of a backup that was read through. */
export function entryOf({ file, entries }: Pick<Archive, "file" | "entries">, name: string): Entry {
  const entry = entries.find((each) => each.name === name);
  if (entry === undefined) throw damaged(file, `it has no ${name}`);
  return entry;
}

/**
 * Reads all of a backup and compares it with its sums.
 * @throws UserError that says what is wrong: no backup, cut off, changed.
 */
export async function readArchive(file: string): Promise<Archive> {
  const handle = await openBackup(file);
  try {
    const { size: sizeBytes } = await handle.stat();
    const entries = await entriesOf(file, handle, sizeBytes);
    const archive = { file, sizeBytes, entries };
    const sums = new Map(
      (await textOf(handle, entryOf(archive, PARTS.sums)))
        .split("\n")
        .filter((line) => line !== "")
        .map((line): [string, string] => [line.slice(66), line.slice(0, 64)]),
    );
    for (const name of [PARTS.manifest, PARTS.redis, PARTS.postgres]) {
      const expected = sums.get(name);
      if (expected === undefined) throw damaged(file, `its ${PARTS.sums} says nothing of ${name}`);
      if ((await sha256Of(file, entryOf(archive, name))) !== expected) throw damaged(file, `${name} is not what was written (its SHA-256 differs)`);
    }
    return { ...archive, manifest: parseManifest(file, await textOf(handle, entryOf(archive, PARTS.manifest))) };
  } finally {
    await handle.close();
  }
}
