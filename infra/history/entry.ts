import type { Colour } from "../platform/workload.ts";

/** Redis list with the last changes, newest first: for the agent, which tells Prometheus, and for whoever has another checkout. */
export const HISTORY_KEY = "astra:history";
/** Entries that Redis keeps. */
export const KEPT_IN_REDIS = 200;

export const HISTORY_KINDS = ["up", "rollout", "rollback", "down", "scale", "backup", "restore", "migrate", "unlock"] as const;
export type HistoryKind = (typeof HISTORY_KINDS)[number];

/** `running`: begun and not ended, or killed. `reverted`: everything was put back. `frozen`: it could not be, and stays. */
export type HistoryOutcome = "running" | "ok" | "failed" | "reverted" | "frozen" | "interrupted";

/** One change of an environment: what, who, when, how it ended. */
export interface HistoryEntry {
  readonly id: string;
  readonly kind: HistoryKind;
  /** ISO 8601. */
  readonly at: string;
  /** `name@machine`, or the agent. */
  readonly by: string;
  readonly outcome: HistoryOutcome;
  readonly colour?: Colour;
  readonly version?: string;
  readonly seconds?: number;
  /** One line: what exactly, or why it failed. */
  readonly detail?: string;
  /** Process that writes it, as long as it runs. */
  readonly pid?: number;
}

/** An entry from its JSON; undefined where it is none, as after a kill in the middle of a line. */
export function parseEntry(json: string): HistoryEntry | undefined {
  try {
    const value = JSON.parse(json) as Partial<HistoryEntry> | null;
    const isEntry = typeof value?.id === "string" && typeof value.kind === "string" && typeof value.at === "string" && typeof value.by === "string";
    return isEntry && typeof value.outcome === "string" ? (value as HistoryEntry) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * All entries in order of time, each as it was last written. One that still says `running` and whose process is gone
 * was interrupted.
 */
export function mergeEntries(entries: readonly HistoryEntry[], isAlive: (pid: number) => boolean): readonly HistoryEntry[] {
  const byId = new Map<string, HistoryEntry>();
  for (const entry of entries) {
    const known = byId.get(entry.id);
    if (known === undefined || known.outcome === "running") byId.set(entry.id, entry);
  }
  return [...byId.values()]
    .map((entry): HistoryEntry => (entry.outcome === "running" && entry.pid !== undefined && !isAlive(entry.pid) ? { ...entry, outcome: "interrupted" } : entry))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}
