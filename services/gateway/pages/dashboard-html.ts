import { createHash } from "node:crypto";
import { KPIS } from "../../base/metrics-contract/business.ts";
import { KPI_TITLES } from "../../base/metrics-contract/kpi-titles.ts";
import { DASHBOARD_SCRIPT, DASHBOARD_STYLE } from "./_gen/dashboard-assets.ts";
import { displayAmount, displayUnit } from "./dashboard-client/amount.ts";
import { changeOf, hourOf, noteOf, staleText } from "./dashboard-client/texts.ts";
import type { Dashboard, Kpi } from "./kpi.ts";

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%232f5be7'/%3E%3Cpath d='M6 22l7-8 5 5 8-10' fill='none' stroke='%23fff' stroke-width='3' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E";

const LOGO =
  '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#2f5be7"/><path d="M6 22l7-8 5 5 8-10" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>';

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Nothing runs, loads or styles but what the page itself brings; it may ask its own origin for JSON. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(DASHBOARD_SCRIPT)}`,
  `style-src ${hashOf(DASHBOARD_STYLE)}`,
  "connect-src 'self'",
  // The page's icon.
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON inside a script element: nothing in it can end the element. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A card with its figures, or its skeleton. The page's script fills the slots from then on. */
function card(name: string, title: string, help: string, kpi: Kpi | undefined): string {
  const change = kpi && changeOf(kpi);
  const text = (shown: string | undefined, otherwise = ""): string => escapeHtml(shown ?? otherwise);
  return `<li data-kpi="${escapeHtml(name)}"${kpi === undefined ? ' class="empty"' : ""}>
<div class="head"><h2 title="${escapeHtml(help)}">${escapeHtml(title)}</h2>
<span data-slot="change" role="img" data-direction="${change?.direction ?? "same"}" title="${text(change?.spoken)}" aria-label="${text(change?.spoken)}">${text(change?.text)}</span></div>
<p class="value"><span data-slot="value">${text(kpi && displayAmount(kpi.value, kpi.unit), "–")}</span> <span data-slot="unit">${text(kpi && displayUnit(kpi.unit, kpi.value))}</span></p>
<p data-slot="note">${text(kpi && noteOf(kpi))}</p>
<div class="chart" data-slot="chart" role="img" tabindex="0" aria-label="${escapeHtml(title)} over the last hour"></div>
<p data-slot="hour">${text(kpi && hourOf(kpi))}</p></li>`;
}

function cards(dashboard: Dashboard | undefined): string {
  const kpis = new Map(dashboard?.kpis.map((kpi) => [kpi.name, kpi]));
  const titles = new Map(Object.entries(KPI_TITLES));
  return Object.entries(KPIS)
    .map(([name, { help }]) => card(name, titles.get(name) ?? name, help, kpis.get(name)))
    .join("\n");
}

function bannerOf(dashboard: Dashboard | undefined): string {
  if (dashboard === undefined) return "No figures yet. The financial service has not told any.";
  if (!dashboard.stale) return "";
  return `Stale since ${dashboard.dataAt.replace("T", " ").slice(0, 19)} UTC. ${staleText(dashboard.staleReason)} These are the last figures known.`;
}

/**
 * The dashboard as a page that keeps itself up to date. Without its script it is the figures of when it was loaded, and
 * loads itself again.
 * @param dashboard Absent where the gateway has never had any figures: then the page is there and waits for them.
 */
export function dashboardHtml(dashboard: Dashboard | undefined): string {
  const banner = bannerOf(dashboard);
  return `<!doctype html>
<html lang="en" data-state="${dashboard === undefined ? "waiting" : dashboard.stale ? "stale" : "live"}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#f4f6fa" media="(prefers-color-scheme: light)"><meta name="theme-color" content="#0b0f15" media="(prefers-color-scheme: dark)">
<title>AstraTrade dashboard</title><link rel="icon" href="${ICON}"><style>${DASHBOARD_STYLE}</style>
<noscript><meta http-equiv="refresh" content="5"></noscript></head>
<body><main><header><h1>${LOGO}<span>Astra<b>Trade</b></span></h1><span class="about">Business, live</span>
<p class="state"><span class="dot"></span><strong id="state" role="status">${dashboard === undefined ? "No figures yet" : dashboard.stale ? "Stale" : "Live"}</strong><span id="age">${dashboard === undefined ? "" : `figures ${dashboard.ageSeconds} s old`}</span></p></header>
<p id="banner" role="alert"${banner === "" ? " hidden" : ""}>${escapeHtml(banner)}</p>
<ul id="kpis" aria-label="Business KPIs">
${cards(dashboard)}
</ul>
<section aria-labelledby="services"><h2 id="services">Services</h2><ul id="fleet"><li class="waiting">Asking the gateway …</li></ul></section>
<footer><span>Charts show the last hour, in your time zone.</span><span>For programs: the same address with <code>Accept: application/json</code></span><a href="services">/services</a><a href="api/docs">/api/docs</a></footer>
</main><script type="application/json" id="first">${escapeJson(dashboard ?? null)}</script><script>${DASHBOARD_SCRIPT}</script></body></html>
`;
}
