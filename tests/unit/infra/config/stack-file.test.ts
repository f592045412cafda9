import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mergedValues, settingsOfStack, valuesOfPaths } from "../../../../infra/config/stack-file.ts";
import { PROJECT_ROOT } from "../../../../infra/host/paths.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stack-file-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

test.each([
  ["dev", undefined],
  ["blue", "blue"],
  ["green", "green"],
])("the committed config of stack %s is good (R-DEP-2)", (stack, colour) => {
  const settings = settingsOfStack(PROJECT_ROOT, stack);
  expect(settings).toMatchObject({ environment: "dev", foundationStack: "dev" });
  expect(settings.colour).toBe(colour);
});

test("values stay text, so that a version is not a number", () => {
  file("Pulumi.blue.yaml", "config:\n  astratrade:colour: blue\n  astratrade:version: 1.10\n  portOffset: 10\n");
  expect(settingsOfStack(folder, "blue")).toMatchObject({ version: "1.10", portOffset: 10 });
});

test("keys of others are none of our business, and an empty file has every default", () => {
  file("Pulumi.dev.yaml", "config:\n  docker:host: ssh://there\nencryptionsalt: v1:abc\n");
  expect(settingsOfStack(folder, "dev").portOffset).toBe(0);
  file("Pulumi.dev.yaml", "");
  expect(settingsOfStack(folder, "dev").mode).toBe("dev");
});

test("a stack of another environment begins from the file of the one it is a copy of", () => {
  file("Pulumi.green.yaml", "config:\n  astratrade:colour: green\n  astratrade:replicas:\n    user: 2\n");
  const settings = settingsOfStack(folder, "test-green", { environment: "test", "replicas.nft": "0" });
  expect(settings).toMatchObject({ environment: "test", colour: "green", replicas: { user: 2, nft: 0 }, foundationStack: "test-dev" });
});

test("paths become objects, and objects are merged key by key", () => {
  const over = valuesOfPaths({ "astratrade:portOffset": "1", "resources.redis.cpus": "1", "resources.redis.memoryMb": "64" });
  expect(over).toEqual({ portOffset: "1", resources: { redis: { cpus: "1", memoryMb: "64" } } });
  expect(mergedValues({ resources: { redis: { cpus: "2" }, edge: { cpus: "3" } }, mode: "dev" }, over)).toEqual({
    portOffset: "1",
    mode: "dev",
    resources: { redis: { cpus: "1", memoryMb: "64" }, edge: { cpus: "3" } },
  });
});

test("a file that is not YAML is refused with its path and the parser's reason", () => {
  file("Pulumi.dev.yaml", "config: [1\n");
  expect(() => settingsOfStack(folder, "dev")).toThrow(`${join(folder, "Pulumi.dev.yaml")}: cannot be read as YAML: `);
});

test("a value that only Pulumi can open is not shown", () => {
  file("Pulumi.dev.yaml", "config:\n  astratrade:mode:\n    secure: AAABciphertext\n");
  expect(() => settingsOfStack(folder, "dev")).toThrow("astratrade:mode: takes one of dev, production (got a secret value, not shown)");
});
