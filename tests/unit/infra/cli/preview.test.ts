import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { commands } from "../../../../infra/cli/commands.ts";
import { parseCall } from "../../../../infra/cli/parse.ts";
import { stackComposeYaml } from "../../../../infra/compose/compose-engine.ts";
import { testStack } from "../../../support/platform-models.ts";

let folder = "";
let printed = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "astra-preview-"));
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** A folder in the form that `render` writes. */
async function rendered(name: string, overrides: Readonly<Record<string, string>>, change = (text: string) => text): Promise<string> {
  const path = await mkdtemp(join(folder, name));
  await writeFile(join(path, "compose.foundation.yaml"), change(stackComposeYaml(testStack("foundation", overrides))));
  return path;
}

async function preview(...args: readonly string[]): Promise<number | undefined> {
  const { command, invocation } = parseCall(["preview", ...args], commands);
  return await command?.run(invocation);
}

test("two equal folders give no change and exit code 0, also where none is allowed", async () => {
  const base = await rendered("base", {});
  expect(await preview("--compare", base, base, "--expect-no-changes")).toBe(0);
  expect(printed).toMatch(/^### Preview: no changes\n/);
});

test("changes give exit code 0, and 1 where none is allowed", async () => {
  const [base, head] = [await rendered("base", {}), await rendered("head", { "resources.redis.memoryMb": "1024" })];
  expect(await preview("--compare", base, head)).toBe(0);
  expect(await preview("--compare", base, head, "--expect-no-changes")).toBe(1);
});

test("a head that breaks a rule gives exit code 1, and says which", async () => {
  const base = await rendered("base", {});
  const head = await rendered("head", {}, (text) => text.replaceAll("read_only: true", "read_only: false"));
  expect(await preview("--compare", base, head)).toBe(1);
  expect(printed).toContain("`REFUSED  read-only-root: astra-dev-postgres-1 can write its root file system.");
});

test("the same as JSON has counts, items and policy", async () => {
  const [base, head] = [await rendered("base", {}), await rendered("head", { "resources.redis.memoryMb": "1024" })];
  await preview("--compare", base, head, "--json");
  expect(JSON.parse(printed)).toMatchObject({
    counts: { create: 0, update: 0, replace: 1, delete: 0 },
    items: [{ name: "astra-dev-redis-1", change: "replace", fields: [{ field: "memory", from: "512 MiB", to: "1024 MiB" }] }],
    policy: [],
  });
});

test.each([
  [["--compare", "base"], "--compare takes two folders: ./astra preview --compare BASE HEAD"],
  [["purple"], '"purple" is none of dev, foundation, blue, green. See ./astra preview --help.'],
  [["blue", "green"], '"green" is one word too many. See ./astra preview --help.'],
])("%j is refused in one line", async (args, message) => {
  await expect(preview(...args)).rejects.toThrow(message);
});
