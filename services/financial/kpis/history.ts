import { Decimal } from "decimal.js";
import { formatMoney } from "../../base/money.ts";
import type { KpiMetric } from "./contribution.ts";
import { DAY_MINUTES, KPI_DEFINITIONS, KPI_NAMES, type KpiName, SHORT_MINUTES, type WindowTotals } from "./kpi.ts";

/** Length of the history in minutes; it has one point more than that. */
export const HISTORY_MINUTES = 60;

/** What one minute adds to a metric. `index` counts from the history's first point; the minute ends at that point. */
export interface MinuteAmount {
  readonly metric: KpiMetric;
  /** [-DAY_MINUTES, HISTORY_MINUTES]; what is dated later than now counts as now. */
  readonly index: number;
  readonly amount: Decimal;
}

/** What the history is made from. */
export interface HistoryFacts {
  /** Sums of the day that ends at the first point. */
  readonly base: ReadonlyMap<KpiMetric, Decimal>;
  /** Every minute that enters a window after the first point, or leaves one. */
  readonly minutes: readonly MinuteAmount[];
  /** Users who are active at each point, in the day before it. */
  readonly activeUsers: readonly number[];
  /** Users who did something within the history's length. */
  readonly activeInHistory: number;
}

export interface KpiHistory {
  readonly name: KpiName;
  /** The KPI as it stood at each point, oldest first; the last one is of now. Decimal strings. */
  readonly points: readonly string[];
  /** What the KPI would be with the history's length as its window. */
  readonly lastHour: string;
}

const ZERO = new Decimal(0);

/** The KPIs at every point of the history, each exactly as its definition says at that moment. */
export function historyOf(facts: HistoryFacts): readonly KpiHistory[] {
  const totals = Array.from({ length: HISTORY_MINUTES + 1 }, (_, index) => totalsAt(facts, index));
  const hour = totalsOfHistory(facts);
  return KPI_NAMES.map((name) => ({
    name,
    points: totals.map((each) => formatMoney(KPI_DEFINITIONS[name].value(each))),
    lastHour: formatMoney(KPI_DEFINITIONS[name].value(hour)),
  }));
}

function totalsAt(facts: HistoryFacts, point: number): WindowTotals {
  const day = (metric: KpiMetric): Decimal => {
    const entered = sumOf(facts, metric, 0, point);
    const left = sumOf(facts, metric, -DAY_MINUTES, point - DAY_MINUTES);
    return (facts.base.get(metric) ?? ZERO).plus(entered).minus(left);
  };
  return {
    activeUsers: facts.activeUsers[point] ?? 0,
    registrations: day("registrations"),
    recentTrades: sumOf(facts, "trades", point - SHORT_MINUTES, point),
    volume: day("volume"),
    revenue: day("revenue"),
    interactions: day("interactions"),
    nftVolume: day("nft-volume"),
  };
}

function totalsOfHistory(facts: HistoryFacts): WindowTotals {
  const hour = (metric: KpiMetric): Decimal => sumOf(facts, metric, 0, HISTORY_MINUTES);
  return {
    activeUsers: facts.activeInHistory,
    registrations: hour("registrations"),
    // The definition divides by the minutes of the short window.
    recentTrades: hour("trades").times(SHORT_MINUTES).div(HISTORY_MINUTES).toDecimalPlaces(4),
    volume: hour("volume"),
    revenue: hour("revenue"),
    interactions: hour("interactions"),
    nftVolume: hour("nft-volume"),
  };
}

/** Sum of the minutes (after, to]. */
function sumOf({ minutes }: HistoryFacts, metric: KpiMetric, after: number, to: number): Decimal {
  return minutes
    .filter((minute) => minute.metric === metric && minute.index > after && minute.index <= to)
    .reduce((sum, minute) => sum.plus(minute.amount), ZERO);
}
