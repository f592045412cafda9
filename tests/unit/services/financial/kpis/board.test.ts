import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../../../../services/base/postgres/database.ts";
import { Metrics } from "../../../../../services/base/metrics.ts";
import { Problem } from "../../../../../services/base/problem.ts";
import { KpiBoard } from "../../../../../services/financial/kpis/board.ts";

let now: number;
let trades: string | Error;
let metrics: Metrics;
let board: KpiBoard;
/** How often the users of the window before were counted. */
let countsOfBefore: number;
/** Volume of the window before. */
let volumeBefore: string;

/** Knows the day's trades volume, or fails. */
const database: Database = {
  query: async <T>(sql: string): Promise<T[]> => {
    if (trades instanceof Error) throw trades;
    const rows = sql.includes("kpi_minutes")
      ? [{ metric: "volume", day: trades, day_before: volumeBefore, short: "0", short_before: "0" }]
      : [{ users: sql.includes("active_users") ? "1" : "0" }];
    if (sql.includes("activity_hours")) countsOfBefore += 1;
    return rows as T[];
  },
  transaction: () => Promise.reject(new Error("a board only reads")),
  close: () => Promise.resolve(),
};

const volume = (): unknown => board.read().find(({ name }) => name === "traded_volume");

beforeEach(() => {
  now = 1_000_000;
  trades = "12.5";
  countsOfBefore = 0;
  volumeBefore = "0";
  metrics = new Metrics({ service: "financial", colour: "blue" });
  board = new KpiBoard({ database, metrics, clock: { now: () => now }, log: pino({ level: "silent" }) });
});

describe("R-GW-1 KPI board", () => {
  it("says that there is nothing to read before its first look", () => {
    expect(volume).toThrow(Problem);
    expect(volume).toThrow(expect.objectContaining({ status: 503, code: "kpis-not-there-yet" }));
  });

  it("tells the age of what it has seen", async () => {
    await board.refresh();
    now += 1_500;
    expect(volume()).toMatchObject({ value: "12.5", ageSeconds: 1.5 });
  });

  it("keeps the last figures and lets them age while the database is away", async () => {
    await board.refresh();
    trades = new Error("connection refused");
    now += 60_000;
    await board.refresh();
    expect(volume()).toMatchObject({ value: "12.5", ageSeconds: 60 });
  });

  it("sees new figures at the next look", async () => {
    await board.refresh();
    trades = "20";
    await board.refresh();
    expect(volume()).toMatchObject({ value: "20", ageSeconds: 0 });
  });

  it("counts the users of the window before once a minute, and when something is added to that window", async () => {
    // The beginning of a minute.
    now = 1_020_000;
    for (let look = 0; look < 10; look += 1) {
      now += 2_000;
      await board.refresh();
    }
    expect(countsOfBefore).toBe(1);
    volumeBefore = "3";
    await board.refresh();
    await board.refresh();
    expect(countsOfBefore).toBe(2);
    now += 60_000;
    await board.refresh();
    expect(countsOfBefore).toBe(3);
  });

  it("R-MON-1 is a gauge for each KPI and one for the age", async () => {
    await board.refresh();
    now += 3_000;
    const text = await metrics.registry.metrics();
    expect(text).toContain('kpi_traded_volume{service="financial",colour="blue"} 12.5');
    expect(text).toContain('kpi_daily_active_users{service="financial",colour="blue"} 1');
    expect(text).toContain('kpi_age_seconds{service="financial",colour="blue"} 3');
    expect(text.match(/^kpi_/gm)).toHaveLength(9);
  });
});
