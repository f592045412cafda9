import type { Behaviour } from "./gateway-fixture.ts";

const UNITS = {
  daily_active_users: ["users", "24h", 1843, 1610],
  new_registrations: ["users", "24h", 214, 231],
  trades_per_minute: ["trades/min", "5m", 36.4, 29.8],
  traded_volume: ["USD", "24h", 8_412_390.25, 7_100_000],
  revenue: ["USD", "24h", 9_871.42, 8_120.5],
  revenue_per_active_user: ["USD/user", "24h", 5.3562, 5.0438],
  engagement: ["interactions/user", "24h", 3.27, 3.27],
  nft_marketplace_volume: ["USD", "24h", 0, 0],
} as const;

/** A financial service that tells eight KPIs and their last hour; the case may change what it tells. */
export class FakeFinancial {
  /** Added to every KPI's value but those that are zero. */
  more = 0;
  ageSeconds = 0.4;
  hasHistory = true;
  isBroken = false;

  readonly behaviour: Behaviour = (request, response) => {
    const [path] = (request.url ?? "").split("?");
    const isHistory = path === "/api/v1/financial/kpis/history";
    if (this.isBroken || (isHistory && !this.hasHistory)) {
      response.writeHead(this.isBroken ? 503 : 404).end("{}");
      return;
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(isHistory ? this.#history() : this.#kpis()));
  };

  #kpis(): unknown {
    return {
      kpis: Object.entries(UNITS).map(([name, [unit, window, base, previous]]) => ({
        name,
        value: this.#text(base),
        unit,
        window,
        ageSeconds: this.ageSeconds,
        previous: String(previous),
        changePercent: previous === 0 ? 0 : Math.round(((base + this.more - previous) / previous) * 1000) / 10,
      })),
    };
  }

  #history(): unknown {
    const until = Date.now();
    const from = (Math.floor(until / 60_000) - 59) * 60_000;
    return {
      from: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
      stepSeconds: 60,
      ageSeconds: 0.2,
      kpis: Object.entries(UNITS).map(([name, [, , base]], line) => ({
        name,
        points: Array.from({ length: 61 }, (_, index) => (index === 60 ? this.#text(base) : wave(base, line, index))),
        lastHour: (base / 11).toFixed(base % 1 === 0 ? 0 : 2),
      })),
    };
  }

  #text(base: number): string {
    return base === 0 ? "0" : String(Math.round((base + this.more) * 10_000) / 10_000);
  }
}

/** A line that looks like business: it wanders and drifts to its end. */
function wave(base: number, line: number, index: number): string {
  const part = 0.82 + 0.16 * (index / 60) + 0.035 * Math.sin(index / (4 + line)) + 0.02 * Math.sin(index * 1.7 + line);
  return (base * part).toFixed(base % 1 === 0 ? 0 : 2);
}
