import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processStart, takeLock } from "../../../../infra/engine/lock.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "astra-lock-"));
  file = join(folder, "lock");
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("is held by one, who is named to the other", async () => {
  const lock = await takeLock(file, "up");
  await expect(takeLock(file, "down")).rejects.toThrow(
    new RegExp(`Another \`astra up\` is at work on this environment \\(process ${process.pid}, since `),
  );
  lock.release();
  const next = await takeLock(file, "down");
  next.release();
});

test("leaves no file behind", async () => {
  const lock = await takeLock(file, "up");
  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ pid: process.pid, command: "up" });
  lock.release();
  expect(await readdir(folder)).toEqual([]);
});

test("of a process that is gone is taken over", async () => {
  await writeFile(file, JSON.stringify({ pid: 2 ** 22 + 1, processStart: "1", command: "up", since: "then" }));
  (await takeLock(file, "up")).release();
});

test.runIf(existsSync("/proc/self/stat"))("of a process whose id was given to another one is taken over", async () => {
  await writeFile(file, JSON.stringify({ pid: process.pid, processStart: "1", command: "up", since: "then" }));
  (await takeLock(file, "up")).release();
});

test("that cannot be read is taken over", async () => {
  await writeFile(file, "");
  (await takeLock(file, "up")).release();
});

test("goes to exactly one of many who find a stale one", async () => {
  await writeFile(file, "");
  const results = await Promise.allSettled(Array.from({ length: 5 }, async () => await takeLock(file, "up")));
  const locks = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  for (const lock of locks) lock.release();
  expect(locks).toHaveLength(1);
});

test("knows that a process does not exist", () => {
  expect(processStart(2 ** 22 + 1)).toBeUndefined();
  expect(processStart(process.pid)).toBeDefined();
});
