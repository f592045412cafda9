import { execFileSync } from "node:child_process";
import { mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contentOf, entryOf, readArchive } from "../../../../infra/backup/archive-reader.ts";
import { ArchiveWriter } from "../../../../infra/backup/archive-writer.ts";
import { PARTS } from "../../../../infra/backup/manifest.ts";
import { readTarHeader, tarHeader } from "../../../../infra/backup/tar.ts";
import { MANIFEST } from "./manifest-example.ts";

const NOW = Date.parse("2026-01-10T12:00:00Z");

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of content) all.push(chunk);
  return Buffer.concat(all).toString();
}

describe("a backup's file (R-DEP-6)", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "astra-archive-"));
    file = join(folder, "backup.tar");
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function write(): Promise<void> {
    const writer = await ArchiveWriter.open(file, NOW);
    await writer.add(PARTS.redis, chunks("REDIS", "0012", "x".repeat(1_000)));
    await writer.add(PARTS.postgres, chunks("PGDMP", "y".repeat(10_000)));
    await writer.finish(MANIFEST);
  }

  test("gives back what was written, for its owner only", async () => {
    await write();
    const archive = await readArchive(file);
    expect(archive.manifest).toMatchObject(MANIFEST);
    expect(archive.manifest.parts.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([[PARTS.redis, 1_009], [PARTS.postgres, 10_005]]);
    expect(await textOf(contentOf(file, entryOf(archive, PARTS.postgres)))).toBe(`PGDMP${"y".repeat(10_000)}`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(archive.sizeBytes).toBe((await stat(file)).size);
  });

  test("is a tar that other programs read and check", async () => {
    await write();
    execFileSync("tar", ["-xf", file, "-C", folder]);
    expect((await readdir(folder)).sort()).toEqual([PARTS.sums, "backup.tar", PARTS.manifest, PARTS.postgres, PARTS.redis].sort());
    expect(JSON.parse(await readFile(join(folder, PARTS.manifest), "utf8"))).toMatchObject(MANIFEST);
    expect(execFileSync("sha256sum", ["--check", PARTS.sums], { cwd: folder, encoding: "utf8" }).match(/OK$/gm)).toHaveLength(3);
  });

  test("has its name only when it is whole", async () => {
    const writer = await ArchiveWriter.open(file, NOW);
    await writer.add(PARTS.redis, chunks("REDIS"));
    expect(await readdir(folder)).toEqual(["backup.tar.partial"]);
    await writer.abandon();
    expect(await readdir(folder)).toEqual([]);
  });

  test("takes the place of what a killed writer left", async () => {
    await writeFile(`${file}.partial`, "half");
    await write();
    expect(await readdir(folder)).toEqual(["backup.tar"]);
  });

  test("passes on why a part cannot be had", async () => {
    const writer = await ArchiveWriter.open(file, NOW);
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      throw new Error("pg_dump failed");
    };
    await expect(writer.add(PARTS.postgres, failing())).rejects.toThrow("pg_dump failed");
    await writer.abandon();
  });

  test.each([0.1, 0.5, 0.9, 0.999])("is refused when it was cut off at %d of its length", async (share) => {
    await write();
    await truncate(file, Math.floor((await stat(file)).size * share));
    await expect(readArchive(file)).rejects.toThrow(/damaged: it (was cut off|ends after)/);
  });

  test.each([
    ["manifest.json", 600],
    ["redis.rdb", 512 + 256 * 1024 + 512 + 100],
    ["postgres.dump", 512 + 256 * 1024 + 512 + 1_024 + 512 + 5_000],
  ])("is refused when a bit of %s has changed, and says which file it is", async (name, at) => {
    await write();
    const handle = await open(file, "r+");
    await handle.write(Buffer.from([0xff]), 0, 1, at);
    await handle.close();
    await expect(readArchive(file)).rejects.toThrow(`is damaged: ${name} is not what was written`);
  });

  test("is refused when it is something else, or not there", async () => {
    await writeFile(file, "hello ".repeat(1_000));
    await expect(readArchive(file)).rejects.toThrow("is no backup of this platform");
    await writeFile(file, Buffer.concat([tarHeader("other.txt", 5, NOW), Buffer.alloc(4_096)]));
    await expect(readArchive(file)).rejects.toThrow('it begins with "other.txt"');
    await expect(readArchive(join(folder, "none.tar"))).rejects.toThrow("there is no such file");
    await writeFile(file, "");
    await expect(readArchive(file)).rejects.toThrow("damaged: it ends after 0 bytes");
  });

  test("is refused when it is of a later form, or its Redis is newer than its PostgreSQL", async () => {
    const other = async (manifest: unknown): Promise<void> => {
      const writer = await ArchiveWriter.open(file, NOW);
      await writer.add(PARTS.redis, chunks("REDIS"));
      await writer.add(PARTS.postgres, chunks("PGDMP"));
      await writer.finish(manifest as typeof MANIFEST);
    };
    await other({ ...MANIFEST, format: 2 });
    await expect(readArchive(file)).rejects.toThrow("was written by a later release (form 2; this one reads 1)");
    await other({ ...MANIFEST, snapshots: { redisAt: "2026-01-10T12:00:09.000Z", postgresAt: "2026-01-10T12:00:08.000Z" } });
    await expect(readArchive(file)).rejects.toThrow("its Redis is newer than its PostgreSQL");
    await other({ format: 1 });
    await expect(readArchive(file)).rejects.toThrow("lacks what every manifest has");
  });
});

describe("a tar header", () => {
  test.each([0, 1, 511, 512, 8 ** 11 - 1, 8 ** 11, 40e12])("tells a size of %d bytes", (sizeBytes) => {
    expect(readTarHeader(tarHeader("postgres.dump", sizeBytes, NOW))).toEqual({ name: "postgres.dump", sizeBytes });
  });

  test("is none when a bit of it has changed, and an empty block is the end", () => {
    const header = tarHeader("postgres.dump", 7, NOW);
    header[10] = 0x41;
    expect(() => readTarHeader(header)).toThrow("no tar header");
    expect(readTarHeader(Buffer.alloc(512))).toBeUndefined();
  });
});
