import type { Dashboard } from "../kpi.ts";
import { momentText } from "./clock-time.ts";
import { ageText, staleText } from "./texts.ts";

/** Figures older than this are called stale, whatever the gateway says of them. */
const STALE_AFTER_SECONDS = 15;

/** What the page knows of its figures. */
export interface Knowledge {
  /** Time of the figures and why they are old; absent before any came. */
  readonly figures: { readonly atMs: number; readonly isStale: boolean; readonly reason: Dashboard["staleReason"] } | undefined;
  /** Why the last request brought nothing; absent where it did. */
  readonly trouble: string | undefined;
}

export interface StateLine {
  readonly state: "live" | "trying" | "stale" | "waiting";
  readonly label: string;
  readonly age: string;
  /** Empty where all is well. */
  readonly banner: string;
}

/** What the page says about how true its figures are, at this moment. */
export function stateLine({ figures, trouble }: Knowledge, nowMs: number): StateLine {
  if (figures === undefined) {
    return { state: "waiting", label: "No figures yet", age: "", banner: trouble === undefined ? "" : `No figures yet. ${trouble} Asking again every few seconds.` };
  }
  const ageSeconds = Math.max(0, (nowMs - figures.atMs) / 1000);
  const age = `figures ${ageText(ageSeconds)} old`;
  const isStale = figures.isStale || ageSeconds > STALE_AFTER_SECONDS;
  if (!isStale && trouble === undefined) return { state: "live", label: "Live", age, banner: "" };
  const since = momentText(figures.atMs, nowMs);
  const why = trouble ?? staleText(figures.reason);
  return {
    state: isStale ? "stale" : "trying",
    label: isStale ? `Stale since ${since}` : "Trying again",
    age,
    banner: isStale ? `Stale since ${since}. ${why} These are the last figures known, ${ageText(ageSeconds)} old.` : "",
  };
}
