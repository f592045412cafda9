import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { committedFiles, writeGenerated } from "../../../../infra/host/generated-files.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "generated-"));
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

describe("generated files", () => {
  it("are what the folder holds afterwards, and nothing else", async () => {
    await writeGenerated(["a/_gen"], new Map([["a/_gen/one.yml", "1"], ["a/_gen/deep/two.yml", "2"]]), root);
    await writeGenerated(["a/_gen"], new Map([["a/_gen/one.yml", "one"]]), root);
    expect([...(await committedFiles(["a/_gen"], root))]).toEqual([["a/_gen/one.yml", "one"]]);
  });

  it("are told of only where something changed", async () => {
    const files = new Map([["a/_gen/one.yml", "1"]]);
    await writeGenerated(["a/_gen"], files, root);
    expect(console.log).toHaveBeenCalledExactlyOnceWith("wrote a/_gen/one.yml");
    await writeGenerated(["a/_gen"], files, root);
    expect(console.log).toHaveBeenCalledOnce();
  });

  it("are none in a folder that is not there", async () => {
    expect((await committedFiles(["nowhere"], root)).size).toBe(0);
  });
});
