import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../../infra/host/paths.ts";
import { DATABASE_CONNECTIONS } from "../../../../infra/platform/defaults.ts";

test("PostgreSQL takes as many connections as the budget counts on (R-SVC-3)", () => {
  const config = readFileSync(join(PROJECT_ROOT, "images", "postgres", "postgresql.conf"), "utf8");
  expect(/^max_connections\s*=\s*(\d+)/m.exec(config)?.[1]).toBe(String(DATABASE_CONNECTIONS.max));
});
