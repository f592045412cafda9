import { gauge } from "./metric.ts";

/** The eight business KPIs. Money is exact in the answer of `/kpis`; here it is what a float can hold. */
export const KPIS = {
  daily_active_users: gauge("kpi_daily_active_users", "Distinct users who did something in the last 24 hours."),
  new_registrations: gauge("kpi_new_registrations", "Users who registered in the last 24 hours."),
  trades_per_minute: gauge("kpi_trades_per_minute", "Executed trades a minute, over the last 5 minutes."),
  traded_volume: gauge("kpi_traded_volume", "Amount of the trades executed in the last 24 hours."),
  revenue: gauge("kpi_revenue", "Fees, commissions and subscriptions of the last 24 hours."),
  revenue_per_active_user: gauge("kpi_revenue_per_active_user", "Revenue of the last 24 hours for each active user."),
  engagement: gauge("kpi_engagement", "Social interactions of the last 24 hours for each active user."),
  nft_marketplace_volume: gauge("kpi_nft_marketplace_volume", "Amount of the NFT sales of the last 24 hours."),
} as const;

export const KPI_AGE = gauge("kpi_age_seconds", "Age of the KPIs' data.");

export const LEDGER_IMBALANCE = gauge(
  "ledger_imbalance",
  "What the entries of all transactions in a currency add up to; anything but 0 is wrong.",
  ["currency"],
);
export const LEDGER_CHECKED_AT = gauge("ledger_checked_timestamp_seconds", "When the ledger was last added up, in Unix time.");

export const CHAIN_OPERATIONS_OPEN = gauge("nft_chain_operations_open", "Mints and transfers that are in no block of their chain yet.", ["chain"]);
export const CHAIN_OLDEST_OPERATION_AGE = gauge(
  "nft_chain_oldest_operation_age_seconds",
  "Age of the oldest mint or transfer that is in no block of its chain yet.",
  ["chain"],
);

export const PRICE_FEED_BREAKER_OPEN = gauge("price_feed_breaker_open", "1 while the breaker before the price API is open.");
