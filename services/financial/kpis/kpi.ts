import { Decimal } from "decimal.js";
import type { KPIS } from "../../base/metrics-contract/business.ts";
import { formatMoney } from "../../base/money.ts";
import { PLATFORM_CURRENCY } from "../currency.ts";

/** What one window adds up to. */
export interface WindowTotals {
  /** Distinct users who did something. */
  readonly activeUsers: number;
  readonly registrations: Decimal;
  /** Trades of the short window; all else is of the long one. */
  readonly recentTrades: Decimal;
  readonly volume: Decimal;
  readonly revenue: Decimal;
  readonly interactions: Decimal;
  readonly nftVolume: Decimal;
}

/** Long window: a day. Its last minute is the one that is not over yet. */
export const DAY_MINUTES = 24 * 60;

/** Short window, for what has to move at once. */
export const SHORT_MINUTES = 5;

/** A business KPI as it stands. Values are decimal strings, since some of them are money. */
export interface Kpi {
  readonly name: KpiName;
  readonly value: string;
  readonly unit: string;
  readonly window: string;
  /** Value of the window of the same length before. */
  readonly previous: string;
  /** Change against `previous`, to a tenth of a percent; null where that was nothing and this is something. */
  readonly changePercent: number | null;
}

/** What a KPI means stands in the metric contract. */
export type KpiName = keyof typeof KPIS;

interface KpiDefinition {
  readonly unit: string;
  readonly window: string;
  readonly value: (totals: WindowTotals) => Decimal;
}

/** Nobody's share of anything is nothing. */
function perUser(amount: Decimal, users: number, places: number): Decimal {
  return users === 0 ? new Decimal(0) : amount.div(users).toDecimalPlaces(places);
}

export const KPI_DEFINITIONS = {
  daily_active_users: {
    unit: "users",
    window: "24h",
    value: (totals) => new Decimal(totals.activeUsers),
  },
  new_registrations: {
    unit: "users",
    window: "24h",
    value: (totals) => totals.registrations,
  },
  trades_per_minute: {
    unit: "trades/min",
    window: `${SHORT_MINUTES}m`,
    value: (totals) => totals.recentTrades.div(SHORT_MINUTES),
  },
  traded_volume: {
    unit: PLATFORM_CURRENCY,
    window: "24h",
    value: (totals) => totals.volume,
  },
  revenue: {
    unit: PLATFORM_CURRENCY,
    window: "24h",
    value: (totals) => totals.revenue,
  },
  revenue_per_active_user: {
    unit: `${PLATFORM_CURRENCY}/user`,
    window: "24h",
    value: (totals) => perUser(totals.revenue, totals.activeUsers, 4),
  },
  engagement: {
    unit: "interactions/user",
    window: "24h",
    value: (totals) => perUser(totals.interactions, totals.activeUsers, 2),
  },
  nft_marketplace_volume: {
    unit: PLATFORM_CURRENCY,
    window: "24h",
    value: (totals) => totals.nftVolume,
  },
} as const satisfies Record<KpiName, KpiDefinition>;

export const KPI_NAMES = Object.keys(KPI_DEFINITIONS) as readonly KpiName[];

function changePercent(value: Decimal, previous: Decimal): number | null {
  if (previous.isZero()) return value.isZero() ? 0 : null;
  return value.minus(previous).div(previous.abs()).times(100).toDecimalPlaces(1).toNumber();
}

/** The eight KPIs of a window, against the window of the same length before. */
export function kpisOf(current: WindowTotals, before: WindowTotals): readonly Kpi[] {
  return KPI_NAMES.map((name) => {
    const definition: KpiDefinition = KPI_DEFINITIONS[name];
    const value = definition.value(current);
    const previous = definition.value(before);
    return {
      name,
      value: formatMoney(value),
      unit: definition.unit,
      window: definition.window,
      previous: formatMoney(previous),
      changePercent: changePercent(value, previous),
    };
  });
}
