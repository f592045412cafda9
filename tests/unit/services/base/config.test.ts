import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigError, readSecret, readServiceConfig } from "../../../../services/base/config.ts";
import { gateway } from "../../../../services/gateway/declaration.ts";
import { trading } from "../../../../services/trading/declaration.ts";

const secretsDir = mkdtempSync(join(tmpdir(), "config-test-"));
writeFileSync(join(secretsDir, "redis"), "redis-password\n");
writeFileSync(join(secretsDir, "postgres_trading_app"), "app-password");
writeFileSync(join(secretsDir, "empty"), "\n");
afterAll(() => rmSync(secretsDir, { recursive: true }));

const GOOD = { ASTRA_SECRETS_DIR: secretsDir, ASTRA_MODE: "production", ASTRA_INSTANCE: "trading-1" };

function problemsOf(changes: Record<string, string>): readonly string[] {
  try {
    readServiceConfig(trading, { ...GOOD, ...changes });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("the configuration of a service (R-SVC-2)", () => {
  it("comes from the environment and the secret files", () => {
    expect(readServiceConfig(trading, GOOD)).toMatchObject({
      service: "trading",
      instance: "trading-1",
      port: 8001,
      agentPort: 8099,
      colour: "blue",
      mode: "production",
      postgres: { user: "trading_app", password: "app-password", schema: "trading", port: 5432 },
      redis: { password: "redis-password" },
      limits: { perUser: 200, perService: 1000 },
    });
  });

  it("has no database for a service without a schema", () => {
    expect(readServiceConfig(gateway, GOOD).postgres).toBeUndefined();
  });

  it.each([
    ["29", 1],
    ["30", 0],
    ["60", 0],
    ["61", 1],
  ])("lets a circuit breaker try again after %s s: %d problems (R-GW-4)", (seconds, problems) => {
    expect(problemsOf({ ASTRA_BREAKER_RESET_SECONDS: seconds })).toHaveLength(problems);
  });

  it("reports all problems together, each with what it takes", () => {
    expect(problemsOf({ ASTRA_COLOUR: "red", ASTRA_PORT: "70000", ASTRA_REDIS_PORT: "x", ASTRA_LOG_LEVEL: "loud" })).toEqual([
      "ASTRA_COLOUR: takes one of blue, green (got \"red\")",
      "ASTRA_LOG_LEVEL: takes one of debug, info, warn, error (got \"loud\")",
      "ASTRA_PORT: takes a whole number from 1 to 65535 (got \"70000\")",
      "ASTRA_REDIS_PORT: takes a whole number from 1 to 65535 (got \"x\")",
    ]);
  });

  it.each([
    ["0", 1],
    ["1", 0],
    ["65535", 0],
    ["65536", 1],
    ["8001.5", 1],
    ["-1", 1],
  ])("holds a port of %s to have %d problems", (port, problems) => {
    expect(problemsOf({ ASTRA_PORT: port })).toHaveLength(problems);
  });

  it("wants its secrets in production, and says where", () => {
    expect(problemsOf({ ASTRA_SECRETS_DIR: "/nowhere" })).toEqual([
      "secret postgres_trading_app: cannot read /nowhere/postgres_trading_app (ENOENT). Fix: put the secret there, readable by this user",
      "secret redis: cannot read /nowhere/redis (ENOENT). Fix: put the secret there, readable by this user",
    ]);
  });

  it("goes without them where a developer runs it by hand", () => {
    expect(readServiceConfig(trading, { ASTRA_SECRETS_DIR: "/nowhere" }).redis.password).toBeUndefined();
  });

  it("refuses to run as another service", () => {
    expect(problemsOf({ ASTRA_SERVICE: "nft" })).toEqual(['ASTRA_SERVICE: this program is "trading" (got "nft"). Fix: run the image of nft']);
  });
});

describe("a secret", () => {
  it("is read without its line end", () => {
    expect(readSecret(secretsDir, "redis")).toBe("redis-password");
  });

  it("that is empty is an error that names the file", () => {
    expect(() => readSecret(secretsDir, "empty")).toThrow(`secret empty: ${secretsDir}/empty is empty. Fix: write the secret into it`);
  });
});
