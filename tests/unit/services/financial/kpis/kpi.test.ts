import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { type KpiName, kpisOf, type WindowTotals } from "../../../../../services/financial/kpis/kpi.ts";

function totals(changes: Partial<WindowTotals> = {}): WindowTotals {
  const nothing = new Decimal(0);
  return {
    activeUsers: 0,
    registrations: nothing,
    recentTrades: nothing,
    volume: nothing,
    revenue: nothing,
    interactions: nothing,
    nftVolume: nothing,
    ...changes,
  };
}

const kpi = (name: KpiName, current: WindowTotals, before = totals()) =>
  kpisOf(current, before).find((one) => one.name === name);

describe("R-GW-1 business KPIs", () => {
  it("are the eight of the platform, each with unit and window, also when nothing has happened", () => {
    expect(kpisOf(totals(), totals()).map(({ name, value, unit, window }) => `${name} ${value} ${unit} ${window}`)).toEqual([
      "daily_active_users 0 users 24h",
      "new_registrations 0 users 24h",
      "trades_per_minute 0 trades/min 5m",
      "traded_volume 0 USD 24h",
      "revenue 0 USD 24h",
      "revenue_per_active_user 0 USD/user 24h",
      "engagement 0 interactions/user 24h",
      "nft_marketplace_volume 0 USD 24h",
    ]);
  });

  it("gives trades a minute over five minutes", () => {
    expect(kpi("trades_per_minute", totals({ recentTrades: new Decimal(1) }))?.value).toBe("0.2");
  });

  it("keeps money exact", () => {
    const volume = new Decimal("99999999999999999999.000000000000000001");
    expect(kpi("traded_volume", totals({ volume }))?.value).toBe("99999999999999999999.000000000000000001");
  });

  it("divides revenue and interactions by the active users", () => {
    const current = totals({ activeUsers: 3, revenue: new Decimal(10), interactions: new Decimal(7) });
    expect(kpi("revenue_per_active_user", current)?.value).toBe("3.3333");
    expect(kpi("engagement", current)?.value).toBe("2.33");
  });

  it.each([
    ["150", "100", 50],
    ["50", "100", -50],
    ["100", "100", 0],
    ["1", "3", -66.7],
    ["0", "0", 0],
    ["5", "0", null],
  ])("tells the change of %s against %s as %s percent", (value, previous, change) => {
    const current = totals({ revenue: new Decimal(value) });
    const before = totals({ revenue: new Decimal(previous) });
    expect(kpi("revenue", current, before)).toMatchObject({ value, previous, changePercent: change });
  });
});
