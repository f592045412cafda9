import { randomUUID } from "node:crypto";
import type { Place } from "../engine/runtime.ts";
import { operator } from "../host/operator.ts";
import { messageOf } from "../host/user-error.ts";
import type { HistoryEntry, HistoryKind, HistoryOutcome } from "./entry.ts";
import { appendToFile, writeEntry } from "./store.ts";

/** What becomes known of a change while it is made. */
export interface ChangeNotes {
  set(notes: Partial<Pick<HistoryEntry, "colour" | "version" | "detail" | "outcome">>): void;
}

const LONGEST_DETAIL = 300;

/** A failure in one line, bounded: its whole text was shown already. */
function oneLine(error: unknown): string {
  return messageOf(error).replaceAll(/\s+/g, " ").slice(0, LONGEST_DETAIL);
}

/**
 * Does `work` and writes it into the history: its beginning, so that a killed command leaves a trace, and its end. What
 * `work` throws is passed on. `outcomeOf` says how a failure counts; without it as `failed`.
 */
export async function recorded<T>(
  place: Place,
  kind: HistoryKind,
  notes: Partial<Pick<HistoryEntry, "colour" | "version" | "detail">>,
  work: (notes: ChangeNotes) => Promise<T>,
  outcomeOf: (error: unknown) => HistoryOutcome = () => "failed",
): Promise<T> {
  const started = performance.now();
  let entry: HistoryEntry = { id: randomUUID(), kind, at: new Date().toISOString(), by: operator(), outcome: "running", ...notes };
  await appendToFile(place.environment, { ...entry, pid: process.pid });
  const finish = async (outcome: HistoryOutcome): Promise<void> => {
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    await writeEntry(place, { ...entry, outcome, seconds });
  };
  try {
    const result = await work({ set: (more) => (entry = { ...entry, ...more }) });
    await finish(entry.outcome === "running" ? "ok" : entry.outcome);
    return result;
  } catch (error) {
    entry = { ...entry, detail: oneLine(error) };
    await finish(outcomeOf(error));
    throw error;
  }
}
