import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contentTag, filesBelow, writeContext, type ContextFile } from "../../../../infra/images/context.ts";

const file = (path: string, text: string, executable = false): ContextFile => ({ path, executable, content: Buffer.from(text) });

describe("the content tag", () => {
  const files = [file("Dockerfile", "FROM x"), file("start", "#!/bin/sh", true)];
  const tag = contentTag(files, { BASE: "b:1", PACKAGES: "p=1.*" });

  it("has twelve hexadecimal digits", () => {
    expect(tag).toMatch(/^[0-9a-f]{12}$/);
  });

  it("does not depend on the order of files or arguments", () => {
    expect(contentTag([...files].reverse(), { PACKAGES: "p=1.*", BASE: "b:1" })).toBe(tag);
  });

  it.each([
    ["a file's text", [file("Dockerfile", "FROM y"), files[1] as ContextFile], { BASE: "b:1", PACKAGES: "p=1.*" }],
    ["a file's mode", [files[0] as ContextFile, file("start", "#!/bin/sh")], { BASE: "b:1", PACKAGES: "p=1.*" }],
    ["a file's name", [files[0] as ContextFile, file("begin", "#!/bin/sh", true)], { BASE: "b:1", PACKAGES: "p=1.*" }],
    ["a further file", [...files, file("more", "")], { BASE: "b:1", PACKAGES: "p=1.*" }],
    ["the parent image", files, { BASE: "b:2", PACKAGES: "p=1.*" }],
    ["a package's version", files, { BASE: "b:1", PACKAGES: "p=2.*" }],
  ])("changes with %s", (_, changed, buildArgs) => {
    expect(contentTag(changed, buildArgs)).not.toBe(tag);
  });

  it("names a large file by its identity instead of reading it", () => {
    const large = (identity: string): ContextFile => ({ path: "node", executable: true, content: { file: "/no/such/file", identity } });
    expect(contentTag([large("node@24.1.0")], {})).not.toBe(contentTag([large("node@24.2.0")], {}));
  });
});

describe("a build context", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "astra-context-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it("holds exactly the planned files, with their modes", async () => {
    await mkdir(join(folder, "old"));
    await writeFile(join(folder, "old", "rest"), "of an earlier build");
    await writeContext(folder, [file("Dockerfile", "FROM x"), file("shared/install", "#!/bin/sh", true)]);
    const present = await filesBelow(folder);
    expect(present.map((one) => [one.path, one.executable])).toEqual([
      ["Dockerfile", false],
      ["shared/install", true],
    ]);
  });

  it("leaves files that are right untouched and repairs the others", async () => {
    await writeContext(folder, [file("same", "1"), file("other", "1")]);
    const before = await stat(join(folder, "same"));
    await writeFile(join(folder, "other"), "2");
    await chmod(join(folder, "other"), 0o600);
    await writeContext(folder, [file("same", "1"), file("other", "1")]);
    expect((await stat(join(folder, "same"))).ino).toBe(before.ino);
    expect(await readFile(join(folder, "other"), "utf8")).toBe("1");
    expect(await readdir(folder)).toEqual(["other", "same"]);
  });
});
