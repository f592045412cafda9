import { createHash, type Hash } from "node:crypto";
import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { PARTS, type Manifest, type ManifestPart } from "./manifest.ts";
import { BLOCK_BYTES, paddedBytes, tarHeader } from "./tar.ts";

/** Room for the manifest at the beginning, filled up with spaces: what it says is known only at the end. */
const MANIFEST_BYTES = 256 * 1024;

/** Name of a backup that is being written, or whose writer was killed. */
export function partialOf(file: string): string {
  return `${file}.partial`;
}

/**
 * Writes a backup: a tar file with the manifest first, and the sums of everything last. It has another name until all of
 * it is on the disk, so that half a file never looks like a whole one.
 */
export class ArchiveWriter {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #modifiedMs: number;
  readonly #parts: ManifestPart[] = [];
  #at = 0;

  private constructor(file: string, handle: FileHandle, modifiedMs: number) {
    this.#file = file;
    this.#handle = handle;
    this.#modifiedMs = modifiedMs;
  }

  static async open(file: string, nowMs: number): Promise<ArchiveWriter> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    // What a killed run left is worth nothing.
    await rm(partialOf(file), { force: true });
    const writer = new ArchiveWriter(file, await open(partialOf(file), "wx", 0o600), nowMs);
    writer.#at = BLOCK_BYTES + MANIFEST_BYTES;
    return writer;
  }

  /** Adds a file whose size nobody knows yet. What `content` throws is passed on. */
  async add(name: string, content: AsyncIterable<Uint8Array>, onBytes: (sizeBytes: number) => void = () => undefined): Promise<ManifestPart> {
    const headerAt = this.#at;
    const hash = createHash("sha256");
    this.#at += BLOCK_BYTES;
    const from = this.#at;
    for await (const chunk of content) {
      await this.#append(chunk, hash);
      onBytes(this.#at - from);
    }
    const part = { name, sizeBytes: this.#at - from, sha256: hash.digest("hex") };
    await this.#pad(part.sizeBytes);
    await this.#writeAt(tarHeader(name, part.sizeBytes, this.#modifiedMs), headerAt);
    this.#parts.push(part);
    return part;
  }

  /** Writes the manifest and the sums, waits for the disk, and gives the file its name. @returns its size, bytes */
  async finish(manifest: Omit<Manifest, "parts">): Promise<number> {
    const json = Buffer.from(JSON.stringify({ ...manifest, parts: this.#parts }, null, 2));
    if (json.length >= MANIFEST_BYTES) throw new Error(`the manifest takes ${json.length} bytes, more than ${MANIFEST_BYTES}`);
    const text = Buffer.alloc(MANIFEST_BYTES, " ");
    json.copy(text);
    text[MANIFEST_BYTES - 1] = 0x0a;
    await this.#writeAt(tarHeader(PARTS.manifest, MANIFEST_BYTES, this.#modifiedMs), 0);
    await this.#writeAt(text, BLOCK_BYTES);
    const all = [{ name: PARTS.manifest, sha256: createHash("sha256").update(text).digest("hex") }, ...this.#parts];
    // As `sha256sum --check` reads it.
    await this.add(PARTS.sums, once(Buffer.from(all.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""))));
    // Two empty blocks end an archive.
    await this.#append(Buffer.alloc(2 * BLOCK_BYTES));
    await this.#handle.sync();
    await this.#handle.close();
    await rename(partialOf(this.#file), this.#file);
    await syncFolder(dirname(this.#file));
    return this.#at;
  }

  /** Takes away what was written so far. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(partialOf(this.#file), { force: true });
  }

  async #append(chunk: Uint8Array, hash?: Hash): Promise<void> {
    hash?.update(chunk);
    await this.#writeAt(chunk, this.#at);
    this.#at += chunk.length;
  }

  async #pad(sizeBytes: number): Promise<void> {
    const missing = paddedBytes(sizeBytes) - sizeBytes;
    if (missing > 0) await this.#append(Buffer.alloc(missing));
  }

  async #writeAt(chunk: Uint8Array, position: number): Promise<void> {
    for (let written = 0; written < chunk.length; )
      written += (await this.#handle.write(chunk, written, chunk.length - written, position + written)).bytesWritten;
  }
}

/** One chunk in the form of many. */
async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk;
}

/** A new name is on the disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
