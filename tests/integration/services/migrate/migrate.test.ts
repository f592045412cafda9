import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateAll } from "../../../../services/migrate/migrate.ts";
import { schemaPlans } from "../../../../services/migrate/schemas.ts";
import { readMigrateSettings } from "../../../../services/migrate/settings.ts";
import { createTestDatabase, storeEnvironment, type TestDatabase } from "../../../support/stores.ts";

let stores: TestDatabase;
beforeAll(async () => {
  stores = await createTestDatabase();
});
afterAll(async () => {
  await stores.drop();
});

/** Runs the job as a process; gives its exit code and what it printed. */
async function run(environment: Record<string, string>): Promise<{ code: number; output: string }> {
  const main = join(import.meta.dirname, "../../../../services/migrate/main.ts");
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main], { env: { PATH: process.env["PATH"] ?? "", ...environment } }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

describe("the migration job (R-SVC-3)", () => {
  it("brings all six schemas up to date, reports each on a line, and a second run changes nothing", async () => {
    const first = await run(storeEnvironment(stores));
    expect(first.code, first.output).toBe(0);
    for (const { schema } of schemaPlans) expect(first.output).toMatch(new RegExp(`^migrate: schema ${schema}: applied base-0001-events`, "m"));
    expect(first.output).toContain("migrate: all 6 schemas are up to date");
    const second = await run(storeEnvironment(stores));
    expect(second.code).toBe(0);
    expect(second.output.match(/: up to date \(/g)).toHaveLength(6);
  });

  it("ends with 1 and names every secret that is missing, never a value", async () => {
    const { code, output } = await run({ ...storeEnvironment(stores), ASTRA_SECRETS_DIR: "/nonexistent" });
    expect(code).toBe(1);
    expect(output.match(/cannot read \/nonexistent\/postgres_\w+_owner/g)).toHaveLength(6);
  });

  it("gives up with one clear line when PostgreSQL does not come in time", async () => {
    const { owners } = readMigrateSettings(schemaPlans.map((plan) => plan.schema), { ...storeEnvironment(stores), ASTRA_POSTGRES_PORT: "1" });
    const { lines, ok } = await migrateAll(schemaPlans, owners, { waitMs: 200 });
    expect(ok).toBe(false);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^FAILED PostgreSQL at .*:1 cannot be reached: .*Fix: start it, then run this again$/);
  });
});
