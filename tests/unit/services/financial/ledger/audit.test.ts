import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../../../../services/base/postgres/database.ts";
import { Metrics } from "../../../../../services/base/metrics.ts";
import { LedgerAudit } from "../../../../../services/financial/ledger/audit.ts";

let sums: readonly { currency: string; sum: string }[] | Error;
let metrics: Metrics;
let audit: LedgerAudit;

const query = async <T>(sql: string): Promise<T[]> => {
  if (sums instanceof Error) throw sums;
  return (sql.includes("FROM ledger_audits") ? sums : []) as T[];
};

const database: Database = {
  query,
  transaction: (work) => work({ query }),
  close: () => Promise.resolve(),
};

const valueOf = async (line: string): Promise<string | undefined> =>
  (await metrics.registry.metrics()).split("\n").find((text) => text.startsWith(line))?.split(" ").at(-1);

beforeEach(() => {
  sums = [];
  metrics = new Metrics({ service: "financial", colour: "blue" });
  audit = new LedgerAudit({ database, metrics, clock: { now: () => 5_000 }, log: pino({ level: "silent" }) });
});

describe("the ledger's audit (R-MON-2)", () => {
  it("shows a balanced ledger before it has looked, and no time of a look", async () => {
    expect(await valueOf('ledger_imbalance{currency="USD"')).toBe("0");
    expect(await valueOf("ledger_checked_timestamp_seconds")).toBe("0");
  });

  it("shows what does not add up, with the time of the look", async () => {
    sums = [{ currency: "USD", sum: "-0.01" }];
    await audit.audit();
    expect(await valueOf('ledger_imbalance{currency="USD"')).toBe("-0.01");
    expect(await valueOf("ledger_checked_timestamp_seconds")).toBe("5");
  });

  it("keeps the time of the last look that succeeded while the database is away", async () => {
    sums = new Error("connection refused");
    await audit.audit();
    expect(await valueOf("ledger_checked_timestamp_seconds")).toBe("0");
  });
});
