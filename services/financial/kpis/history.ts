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
  const minutes = new MinuteTable(facts.minutes);
  const days = new Map(DAY_METRICS.map((metric) => [metric, daysOf(metric, facts, minutes)]));
  const day = (metric: KpiMetric, point: number): Decimal => days.get(metric)?.[point] ?? ZERO;
  const totals = Array.from({ length: HISTORY_MINUTES + 1 }, (_, point) =>
    totalsFrom(facts.activeUsers[point] ?? 0, minutes.sum("trades", point - SHORT_MINUTES, point), (metric) => day(metric, point)),
  );
  const hour = (metric: KpiMetric): Decimal => minutes.sum(metric, 0, HISTORY_MINUTES);
  // The definition divides by the minutes of the short window.
  const trades = hour("trades").div(HISTORY_MINUTES).toDecimalPlaces(4).times(SHORT_MINUTES);
  const lastHour = totalsFrom(facts.activeInHistory, trades, hour);
  return KPI_NAMES.map((name) => ({
    name,
    points: totals.map((each) => formatMoney(KPI_DEFINITIONS[name].value(each))),
    lastHour: formatMoney(KPI_DEFINITIONS[name].value(lastHour)),
  }));
}

const DAY_METRICS: readonly KpiMetric[] = ["registrations", "volume", "revenue", "interactions", "nft-volume"];

function totalsFrom(activeUsers: number, recentTrades: Decimal, of: (metric: KpiMetric) => Decimal): WindowTotals {
  return {
    activeUsers,
    recentTrades,
    registrations: of("registrations"),
    volume: of("volume"),
    revenue: of("revenue"),
    interactions: of("interactions"),
    nftVolume: of("nft-volume"),
  };
}

/** Sums of the day before each point: from one point to the next a minute enters, and one leaves. */
function daysOf(metric: KpiMetric, { base }: HistoryFacts, minutes: MinuteTable): readonly Decimal[] {
  let sum = base.get(metric) ?? ZERO;
  const sums = [sum];
  for (let point = 1; point <= HISTORY_MINUTES; point += 1) {
    sum = sum.plus(minutes.at(metric, point)).minus(minutes.at(metric, point - DAY_MINUTES));
    sums.push(sum);
  }
  return sums;
}

class MinuteTable {
  readonly #amounts = new Map<string, Decimal>();

  constructor(minutes: readonly MinuteAmount[]) {
    for (const { metric, index, amount } of minutes) this.#amounts.set(`${metric} ${index}`, this.at(metric, index).plus(amount));
  }

  at(metric: KpiMetric, index: number): Decimal {
    return this.#amounts.get(`${metric} ${index}`) ?? ZERO;
  }

  /** Sum of the minutes (after, to]. */
  sum(metric: KpiMetric, after: number, to: number): Decimal {
    let sum = ZERO;
    for (let index = after + 1; index <= to; index += 1) sum = sum.plus(this.at(metric, index));
    return sum;
  }
}
