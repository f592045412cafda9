import { Decimal } from "decimal.js";
import type { Dashboard, Kpi } from "./kpi.ts";

const TITLES: Readonly<Record<string, string>> = {
  daily_active_users: "Daily active users",
  new_registrations: "New registrations",
  trades_per_minute: "Trades per minute",
  traded_volume: "Traded volume",
  revenue: "Revenue",
  revenue_per_active_user: "Revenue per active user",
  engagement: "Engagement",
  nft_marketplace_volume: "NFT marketplace volume",
};

const STYLE = `
:root { color-scheme: light dark; --paper: #f6f7f9; --card: #fff; --ink: #16202c; --soft: #5b6878; --line: #e2e6eb; --up: #0a7a4b; --down: #b3261e; --mark: #3257d6; }
@media (prefers-color-scheme: dark) { :root { --paper: #0f141b; --card: #18202a; --ink: #eef2f6; --soft: #9aa8b8; --line: #2a3542; --up: #4cc38a; --down: #ff8a80; --mark: #8ba6ff; } }
* { box-sizing: border-box; margin: 0 }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; padding: clamp(1rem, 4vw, 3rem); }
main { max-width: 72rem; margin: auto }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; margin-bottom: 1.5rem }
h1 { font-size: 1.5rem; letter-spacing: -.01em } h1 b { color: var(--mark) }
header p { color: var(--soft); font-size: .9rem }
ul { list-style: none; padding: 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)) }
li { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem 1.25rem }
h2 { font-size: .9rem; font-weight: 500; color: var(--soft) }
.value { font-size: 1.9rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
.value small { font-size: .85rem; font-weight: 500; color: var(--soft) }
.note { font-size: .85rem; color: var(--soft) } .up { color: var(--up) } .down { color: var(--down) }
.stale { background: var(--card); border: 1px solid var(--down); border-radius: 12px; padding: .75rem 1rem; margin-bottom: 1rem }
`;

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** `1234567.891` -> `1,234,567.89`, money always with its cents: for eyes only, the exact value is in the JSON. */
export function displayValue(value: string, unit: string): string {
  const decimal = new Decimal(value).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
  const rounded = unit.startsWith("USD") ? decimal.toFixed(2) : decimal.toFixed();
  const [whole = "", fraction] = rounded.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function change(kpi: Kpi): string {
  if (kpi.changePercent === null) return `<span class="up">new</span>, nothing in the ${escapeHtml(kpi.window)} before`;
  if (kpi.changePercent === 0) return `unchanged against the ${escapeHtml(kpi.window)} before`;
  const [style, sign] = kpi.changePercent > 0 ? ["up", "▲"] : ["down", "▼"];
  return `<span class="${style}">${sign} ${Math.abs(kpi.changePercent)} %</span> against the ${escapeHtml(kpi.window)} before`;
}

function card(kpi: Kpi): string {
  const title = TITLES[kpi.name] ?? kpi.name;
  return `<li><h2>${escapeHtml(title)}</h2>
<p class="value">${escapeHtml(displayValue(kpi.value, kpi.unit))} <small>${escapeHtml(kpi.unit)}</small></p>
<p class="note">${change(kpi)}</p></li>`;
}

/** The dashboard as a page of its own: no script, nothing from elsewhere, reloads itself every 5 s. */
export function dashboardHtml(dashboard: Dashboard): string {
  const stale = dashboard.stale ? '<p class="stale">The financial service cannot be reached now. These are its last answers.</p>' : "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5"><title>AstraTrade dashboard</title><style>${STYLE}</style></head>
<body><main><header><h1>Astra<b>Trade</b></h1>
<p>Data is ${dashboard.ageSeconds} s old · ${escapeHtml(dashboard.generatedAt.replace("T", " ").slice(0, 19))} UTC · JSON for programs at this address</p></header>
${stale}<ul>
${dashboard.kpis.map(card).join("\n")}
</ul></main></body></html>
`;
}

/** Nothing but the page's own style may load. */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
