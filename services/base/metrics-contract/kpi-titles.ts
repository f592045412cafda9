import type { KPIS } from "./business.ts";

/** What people call the eight business KPIs: on the gateway's dashboard and on Grafana's board. */
export const KPI_TITLES: Readonly<Record<keyof typeof KPIS, string>> = {
  daily_active_users: "Daily active users",
  new_registrations: "New registrations",
  trades_per_minute: "Trades per minute",
  traded_volume: "Traded volume",
  revenue: "Revenue",
  revenue_per_active_user: "Revenue per active user",
  engagement: "Engagement",
  nft_marketplace_volume: "NFT marketplace volume",
};
