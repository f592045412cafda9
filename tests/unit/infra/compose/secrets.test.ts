import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { environmentSecrets, secretsFile } from "../../../../infra/compose/secrets.ts";
import { secrets } from "../../../../infra/platform/secrets.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "astra-secrets-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("environmentSecrets", () => {
  test("generates every declared secret at its length, from letters and digits", async () => {
    const values = await environmentSecrets("dev", folder);
    expect(Object.keys(values).sort()).toEqual(secrets.map((secret) => secret.name).sort());
    for (const secret of secrets) expect(values[secret.name]).toMatch(new RegExp(`^[A-Za-z0-9]{${secret.length}}$`));
    expect(new Set(Object.values(values)).size).toBe(secrets.length);
  });

  test("gives the same values again, from a file that only its owner reads", async () => {
    const first = await environmentSecrets("dev", folder);
    expect(await environmentSecrets("dev", folder)).toEqual(first);
    expect((await stat(secretsFile("dev", folder))).mode & 0o777).toBe(0o600);
  });

  test("adds a secret that is new and keeps the others", async () => {
    const first = await environmentSecrets("dev", folder);
    const others = Object.fromEntries(Object.entries(first).filter(([name]) => name !== "redis"));
    await writeFile(secretsFile("dev", folder), JSON.stringify(others));
    const second = await environmentSecrets("dev", folder);
    expect(second).toEqual({ ...first, redis: second["redis"] });
    expect(second["redis"]).not.toBe(first["redis"]);
  });

  test("refuses a damaged file without showing or losing it", async () => {
    await environmentSecrets("dev", folder);
    await writeFile(secretsFile("dev", folder), '{"redis": "hunter2"');
    const failure = environmentSecrets("dev", folder);
    await expect(failure).rejects.toThrow(/is damaged: it should hold a JSON object/);
    await expect(failure).rejects.not.toThrow(/hunter2/);
    expect(await readFile(secretsFile("dev", folder), "utf8")).toBe('{"redis": "hunter2"');
  });
});
