import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { moneyFaults } from "../../../support/money-lint.ts";

const ROOT = join(import.meta.dirname, "../../../..");

/** Places that may, each with its reason. One that is gone has to go from here as well. */
const ALLOWED: Readonly<Record<string, string>> = {
  "services/base/money.ts: Math.abs(value)": "asks whether a JSON number is exact at all, before it becomes a decimal",
  "services/financial/kpis/board.ts: Number(value)": "Prometheus knows floats only; the exact KPI stands in the answer of /kpis",
  "services/financial/ledger/audit.ts: Number(sum)": "Prometheus knows floats only; whether it is 0 is decided exactly",
  "services/financial/kpis/kpi.ts: value.minus(previous).div(previous.abs()).times(100).toDecimalPlaces(1).toNumber()": "a percentage, rounded exactly before",
  "services/gamification/xp-rules.ts: Decimal.min(steps, data.perAmount.most).toNumber()": "whole steps of experience, bounded before",
  "services/gateway/pages/dashboard-client/chart-shape.ts: Math.min(...values)": "pixels of a chart",
  "services/gateway/pages/dashboard-client/chart-shape.ts: Math.max(...values)": "pixels of a chart",
  "services/gateway/pages/dashboard-client/chart-shape.ts: value - lowest": "pixels of a chart",
  "services/trading/feed/random-walk.ts: sum += ((here << octave) * volatility) / period": "whole numbers of any size (bigint)",
  "services/trading/feed/random-walk.ts: sum / SCALE": "whole numbers of any size (bigint)",
  "services/base/histogram-series.ts: this.#entry.sum += this.#seconds": "measured seconds",
  'services/base/traffic/table.ts: Number(value["version"])': "a version, not an amount",
};

describe("R-SVC-4 no float touches money", () => {
  it("anywhere in the services, but where it is said and why", () => {
    const files = globSync("services/**/*.ts", { cwd: ROOT }).filter((path) => !path.includes("_gen"));
    expect(files.length).toBeGreaterThan(200);
    const found = files.flatMap((path) => moneyFaults(path, readFileSync(join(ROOT, path), "utf8")).map(({ text }) => `${path}: ${text}`));
    expect([...new Set(found)].sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  it.each([
    ["Number(order.price)", "conversion"],
    ["parseFloat(row.amount)", "conversion"],
    ["Number(row.fee ?? 0)", "conversion"],
    ["+balance", "conversion"],
    ["Math.round(entryPrice)", "conversion"],
    ["Number.parseFloat(row['commission'])", "conversion"],
    ["price * quantity", "arithmetic"],
    ["account.balance - 5", "arithmetic"],
    ["total += fee", "arithmetic"],
    ["amount.toNumber()", "to-number"],
    ["({ price: Type.Number() })", "schema"],
    ["({ fee: Type.Optional(Type.Number({ minimum: 0 })) })", "schema"],
    ["query('SELECT amount::float8 FROM trades')", "sql"],
    ["query('CREATE TABLE t (amount double precision NOT NULL)')", "sql"],
  ])("is noticed in %s", (source, rule) => {
    expect(moneyFaults("sample.ts", source).map((fault) => fault.rule)).toEqual([rule]);
  });

  it.each(["new Decimal(row.amount)", "price.times(quantity)", "Number(row.user_id)", "prices.length + 1", "count(prices) + 1", "`${amount} USD`"])(
    "leaves %s alone",
    (source) => {
      expect(moneyFaults("sample.ts", source)).toEqual([]);
    },
  );
});
