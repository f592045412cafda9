import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { DAY_MINUTES } from "../../../../../services/financial/kpis/kpi.ts";
import { HISTORY_MINUTES, type HistoryFacts, historyOf, type KpiHistory } from "../../../../../services/financial/kpis/history.ts";
import type { KpiName } from "../../../../../services/financial/kpis/kpi.ts";

function facts(changes: Partial<HistoryFacts> = {}): HistoryFacts {
  return { base: new Map(), minutes: [], activeUsers: Array.from({ length: HISTORY_MINUTES + 1 }, () => 0), activeInHistory: 0, ...changes };
}

function pastOf(name: KpiName, changes: Partial<HistoryFacts>): KpiHistory {
  const past = historyOf(facts(changes)).find((each) => each.name === name);
  if (past === undefined) throw new Error(`no history of ${name}`);
  return past;
}

describe("R-GW-1 the KPIs' last hour", () => {
  it("has all eight, of 61 points each, also when nothing has happened", () => {
    expect(historyOf(facts()).map(({ points, lastHour }) => [points.length, new Set(points).size, lastHour])).toEqual(Array.from({ length: 8 }, () => [61, 1, "0"]));
  });

  it("adds a minute when it is over and takes it away a day later", () => {
    const minutes = [
      { metric: "volume" as const, index: 10, amount: new Decimal("0.1") },
      { metric: "volume" as const, index: 10, amount: new Decimal("0.2") },
      { metric: "volume" as const, index: 30 - DAY_MINUTES, amount: new Decimal(5) },
    ];
    const { points, lastHour } = pastOf("traded_volume", { base: new Map([["volume", new Decimal(7)]]), minutes });
    expect([0, 9, 10, 29, 30, 60].map((point) => points[point])).toEqual(["7", "7", "7.3", "7.3", "2.3", "2.3"]);
    expect(lastHour).toBe("0.3");
  });

  it("counts trades over the five minutes before each point, also those before the first", () => {
    const minutes = [-3, 1, 60].map((index) => ({ metric: "trades" as const, index, amount: new Decimal(1) }));
    const { points, lastHour } = pastOf("trades_per_minute", { minutes });
    expect([0, 1, 2, 5, 6, 59, 60].map((point) => points[point])).toEqual(["0.2", "0.4", "0.2", "0.2", "0", "0", "0.2"]);
    expect(lastHour).toBe("0.0333");
  });

  it("divides by the users who were active then, and by those of the hour", () => {
    const activeUsers = Array.from({ length: 61 }, (_, point) => (point < 30 ? 0 : 4));
    const changes = { base: new Map([["revenue", new Decimal(10)]] as const), activeUsers, activeInHistory: 2, minutes: [{ metric: "revenue" as const, index: 60, amount: new Decimal(3) }] };
    const { points, lastHour } = pastOf("revenue_per_active_user", changes);
    expect([points[29], points[30], points[60], lastHour]).toEqual(["0", "2.5", "3.25", "1.5"]);
  });
});
