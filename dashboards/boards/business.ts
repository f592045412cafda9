import { DASHBOARDS } from "../../alerts/model/alert.ts";
import { KPI_AGE, KPIS, LEDGER_IMBALANCE } from "../../services/base/metrics-contract/business.ts";
import { KPI_TITLES } from "../../services/base/metrics-contract/kpi-titles.ts";
import { OPERATIONS } from "../../services/base/metrics-contract/process.ts";
import { type Board, graph, lowIsGood, stat, type Unit } from "../model/board.ts";

const UNITS: Readonly<Record<keyof typeof KPIS, Unit>> = {
  daily_active_users: "short",
  new_registrations: "short",
  trades_per_minute: "cpm",
  traded_volume: "currencyUSD",
  revenue: "currencyUSD",
  revenue_per_active_user: "currencyUSD",
  engagement: "short",
  nft_marketplace_volume: "currencyUSD",
};
const names = Object.keys(KPIS) as (keyof typeof KPIS)[];
const operations = (operation: string): string =>
  `sum by (outcome) (rate(${OPERATIONS.name}{operation="${operation}"}[$__rate_interval]))`;

/** Is the business well? The eight KPIs, and the money's own check. */
export const business: Board = {
  uid: DASHBOARDS.business,
  title: "AstraTrade: business",
  description: "The eight business KPIs, what users do, and whether the ledger balances.",
  variables: [],
  rows: [
    {
      title: "KPIs",
      panels: names.map((name) =>
        // Every colour computes them from the same tables.
        stat({ title: KPI_TITLES[name], description: KPIS[name].help, unit: UNITS[name] }, `max(${KPIS[name].name})`),
      ),
    },
    {
      title: "Trust",
      panels: [
        stat(
          { title: "Ledger imbalance", description: "What all entries add up to. Anything but 0 is wrong.", unit: "currencyUSD" },
          `max(abs(${LEDGER_IMBALANCE.name}))`,
          { thresholds: lowIsGood(0.000001, 0.01), width: 12 },
        ),
        stat({ title: "Age of the figures", description: "Under 10 s is as it should be.", unit: "s" }, `min(${KPI_AGE.name})`, {
          thresholds: lowIsGood(10, 60),
          width: 12,
        }),
      ],
    },
    {
      title: "What users do",
      panels: [
        graph({ title: "Orders", description: "Orders a second by outcome; rejected ones broke a rule.", unit: "ops" }, [
          { expr: operations("execute-trade"), legend: "{{outcome}}" },
        ]),
        graph({ title: "Registrations", description: "Registrations a second by outcome.", unit: "ops" }, [
          { expr: operations("register"), legend: "{{outcome}}" },
        ]),
        graph({ title: "NFT purchases", description: "Purchases a second by outcome.", unit: "ops" }, [{ expr: operations("buy-nft"), legend: "{{outcome}}" }]),
        graph({ title: "Volume and revenue", description: "Sums of the last 24 hours.", unit: "currencyUSD" }, [
          { expr: `max(${KPIS.traded_volume.name}) by (service)`, legend: "traded volume" },
          { expr: `max(${KPIS.revenue.name}) by (service)`, legend: "revenue" },
        ]),
      ],
    },
  ],
};
