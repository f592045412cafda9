import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pulumiEnvironment } from "../../../../infra/engine/pulumi-env.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pulumi-env-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test("a bare shell gets a backend and a passphrase inside the project, and Node 24 first", () => {
  const variables = pulumiEnvironment(root, { PATH: "/usr/bin" });
  expect(variables).toEqual({
    PULUMI_BACKEND_URL: `file://${root}/.astra/pulumi?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: `${root}/.astra/passphrase`,
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PATH: `${root}/node_modules/.bin:/usr/bin`,
  });
  expect(statSync(join(root, ".astra", "passphrase")).mode & 0o777).toBe(0o600);
  expect(statSync(join(root, ".astra")).mode & 0o777).toBe(0o700);
});

test("the passphrase is generated once", () => {
  pulumiEnvironment(root, {});
  const first = readFileSync(join(root, ".astra", "passphrase"), "utf8");
  pulumiEnvironment(root, {});
  expect(readFileSync(join(root, ".astra", "passphrase"), "utf8")).toBe(first);
  expect(first).toMatch(/^[0-9a-f]{64}\n$/);
});

test("a team's own backend and passphrase win", () => {
  const variables = pulumiEnvironment(root, { PULUMI_BACKEND_URL: "s3://state", PULUMI_CONFIG_PASSPHRASE: "", PATH: "" });
  expect(variables).not.toHaveProperty("PULUMI_BACKEND_URL");
  expect(variables).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
});

test("the path does not grow each time", () => {
  const { PATH } = pulumiEnvironment(root, { PATH: "/usr/bin" });
  expect(pulumiEnvironment(root, { PATH }).PATH).toBe(PATH);
});
