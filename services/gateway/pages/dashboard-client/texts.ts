import type { Dashboard, Kpi } from "../kpi.ts";
import { displayAmount, displayUnit, displayWindow } from "./amount.ts";

/** Direction of a change; it never shows by colour alone. */
export type Direction = "up" | "down" | "same" | "new";

export interface Change {
  readonly direction: Direction;
  readonly text: string;
  /** The same in words, for who does not see signs. */
  readonly spoken: string;
}

/** How a KPI stands against the window before. */
export function changeOf({ changePercent, window }: Pick<Kpi, "changePercent" | "window">): Change {
  const before = `the ${displayWindow(window)} before`;
  if (changePercent === null) return { direction: "new", text: "new", spoken: `there was nothing in ${before}` };
  if (changePercent === 0) return { direction: "same", text: "± 0 %", spoken: `unchanged against ${before}` };
  const percent = displayAmount(Math.abs(changePercent).toFixed(Math.abs(changePercent) < 1000 ? 1 : 0), "%");
  const isUp = changePercent > 0;
  return { direction: isUp ? "up" : "down", text: `${isUp ? "▲" : "▼"} ${percent} %`, spoken: `${isUp ? "up" : "down"} ${percent} % against ${before}` };
}

/** What the figure is compared with: `last 24 hours · 1,000.00 before`. */
export function noteOf(kpi: Pick<Kpi, "window" | "previous" | "unit">): string {
  return `last ${displayWindow(kpi.window)} · ${displayAmount(kpi.previous, kpi.unit)} before`;
}

const NOTHING_YET: Readonly<Record<string, string>> = {
  daily_active_users: "Nobody active in this hour yet",
  new_registrations: "No registrations in this hour yet",
  trades_per_minute: "No trades in this hour yet",
  traded_volume: "No trades in this hour yet",
  revenue: "No revenue in this hour yet",
  revenue_per_active_user: "No revenue in this hour yet",
  engagement: "No interactions in this hour yet",
  nft_marketplace_volume: "No NFT sales in this hour yet",
};

/** What the last hour brought, or that it brought nothing; empty where that is not known. */
export function hourOf({ name, unit, lastHour }: Pick<Kpi, "name" | "unit" | "lastHour">): string {
  if (lastHour === null) return "";
  if (/^-?0*\.?0*$/.test(lastHour)) return NOTHING_YET[name] ?? "Nothing in this hour yet";
  return `${displayAmount(lastHour, unit)} ${displayUnit(unit, lastHour)} in the last hour`;
}

/** `4 s`, `3 min`, `2 h`, `5 days`. */
export function ageText(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** Why figures are old, for the banner. */
export function staleText(reason: Dashboard["staleReason"]): string {
  if (reason === "financial-unreachable") return "The financial service cannot be reached.";
  if (reason === "financial-without-data") return "The financial service gets nothing new from its database.";
  return "No newer figures have come.";
}
