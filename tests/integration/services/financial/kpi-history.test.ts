import { Decimal } from "decimal.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tradeExecuted } from "../../../../services/base/events/catalogue/trading.ts";
import { HISTORY_MINUTES, historyOf } from "../../../../services/financial/kpis/history.ts";
import { windowTotals } from "../../../../services/financial/kpis/store-kpis.ts";
import { historyFacts } from "../../../../services/financial/kpis/store-history.ts";
import { kpisOf } from "../../../../services/financial/kpis/kpi.ts";
import { financial } from "../../../../services/financial/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { waitFor } from "../../../support/wait-for.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
/** 25 s into a minute. */
const NOW_MS = Date.parse("2026-03-01T12:34:25.000Z");
const START_MS = Date.parse("2026-03-01T11:35:00.000Z");

interface Fact {
  readonly atMs: number;
  readonly userId: number;
  readonly fee: number;
}

/** The same facts in every run: users who come, go and come back, around both ends of the window and at exact minutes. */
function someFacts(): readonly Fact[] {
  let state = 42;
  const upTo = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const facts: Fact[] = [];
  for (let index = 0; index < 500; index += 1) {
    const reach = [26 * 60, 70, 90][index % 3] ?? 0;
    const minutesAgo = index % 3 === 2 ? 1440 - 15 + upTo(reach) : upTo(reach);
    const onTheMinute = index % 7 === 0;
    const atMs = NOW_MS - minutesAgo * MINUTE_MS - (onTheMinute ? 25_000 : upTo(25_000));
    facts.push({ atMs, userId: 1 + upTo(250), fee: upTo(500) / 100 });
  }
  return facts;
}

const trade = (userId: number, fee: number) => ({
  tradeId: "t",
  positionId: "p",
  userId,
  symbol: "BTC/USD",
  direction: "LONG" as const,
  amount: "1000",
  price: "5",
  quantity: "200",
  fee: fee.toFixed(2),
});

let domain: DomainService;

beforeAll(async () => {
  domain = await startDomainService(financial);
});

afterAll(async () => {
  await domain.stop();
});

describe("R-GW-1 the KPIs of the last hour", () => {
  it("are at every minute exactly what the facts of their window add up to", { timeout: 120_000 }, async () => {
    const facts = someFacts();
    const { database } = domain.service.context;
    for (const { atMs, userId, fee } of facts) await domain.emit(tradeExecuted, trade(userId, fee), { occurredAt: new Date(atMs).toISOString() });
    await waitFor("the effects of all events", async () => {
      const [row] = await database.query<{ trades: string }>("SELECT sum(value) AS trades FROM kpi_minutes WHERE metric = 'trades'");
      return Number(row?.trades) === facts.length ? true : undefined;
    }, 90_000);

    const history = new Map(historyOf(await historyFacts(database, NOW_MS)).map((each) => [each.name, each]));
    const points = Array.from({ length: HISTORY_MINUTES + 1 }, (_, index) => index);
    const ends = points.map((point) => START_MS + point * MINUTE_MS);

    const users = ends.map((end) => Math.min(end, NOW_MS)).map((at) => new Set(facts.filter(({ atMs }) => atMs > at - DAY_MS && atMs <= at).map(({ userId }) => userId)).size);
    expect(new Set(users).size).toBeGreaterThan(10);
    expect(history.get("daily_active_users")?.points).toEqual(users.map(String));

    const within = (end: number, lengthMs: number): readonly Fact[] => facts.filter(({ atMs }) => atMs >= end - lengthMs && atMs < end);
    const revenue = ends.map((end) => within(end, DAY_MS).reduce((sum, { fee }) => sum.plus(fee), new Decimal(0)));
    expect(history.get("revenue")?.points).toEqual(revenue.map((sum) => sum.toFixed()));
    expect(history.get("trades_per_minute")?.points).toEqual(ends.map((end) => String(within(end, 5 * MINUTE_MS).length / 5)));
    expect(history.get("revenue_per_active_user")?.points).toEqual(revenue.map((sum, point) => sum.div(users[point] ?? 0).toDecimalPlaces(4).toFixed()));

    const hour = facts.filter(({ atMs }) => atMs >= START_MS);
    expect(history.get("daily_active_users")?.lastHour).toBe(String(new Set(facts.filter(({ atMs }) => atMs > START_MS).map(({ userId }) => userId)).size));
    expect(history.get("revenue")?.lastHour).toBe(hour.reduce((sum, { fee }) => sum.plus(fee), new Decimal(0)).toFixed());
    expect(history.get("nft_marketplace_volume")?.lastHour).toBe("0");

    const { current, before } = await windowTotals(database, NOW_MS);
    expect([...history.values()].map(({ name, points: all }) => [name, all.at(-1)])).toEqual(kpisOf(current, before).map(({ name, value }) => [name, value]));
  });

  it("are served with their times, and follow what happens", async () => {
    interface History {
      readonly from: string;
      readonly until: string;
      readonly stepSeconds: number;
      readonly kpis: readonly { readonly name: string; readonly points: readonly string[]; readonly lastHour: string }[];
    }
    const read = async (): Promise<History> => (await domain.call<History>("GET", "/kpis/history")).body;
    const first = await read();
    expect(first.stepSeconds).toBe(60);
    expect((Date.parse(first.until) - Date.parse(first.from)) / MINUTE_MS).toBeGreaterThan(HISTORY_MINUTES - 1);
    expect(first.kpis).toHaveLength(8);
    expect(first.kpis.every(({ points }) => points.length === HISTORY_MINUTES + 1)).toBe(true);

    await domain.emit(tradeExecuted, { ...trade(77, 1), amount: "1234.50" });
    await waitFor("the trade in the history", async () => {
      const volume = (await read()).kpis.find(({ name }) => name === "traded_volume");
      return volume?.points.at(-1) === "1234.5" && volume.points[0] === "0" && volume.lastHour === "1234.5" ? true : undefined;
    });
  });
});
