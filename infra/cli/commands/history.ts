import { readHistory } from "../../history/store.ts";
import type { HistoryEntry } from "../../history/entry.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, JSON_FLAG, type Command, type Invocation } from "../command.ts";
import { formatDuration } from "../progress.ts";
import { openSession } from "../session.ts";
import { UsageError } from "../usage-error.ts";

const SHOWN = 20;

/** Entries as a table, newest last. */
export function historyLines(entries: readonly HistoryEntry[]): readonly string[] {
  const rows = entries.map(({ at, kind, colour, version, outcome, seconds, by, detail }) => [
    `${at.slice(0, 19).replace("T", " ")} UTC`,
    kind,
    colour ?? "-",
    version ?? "-",
    outcome,
    seconds === undefined ? "-" : formatDuration(seconds * 1000),
    by,
    detail ?? "",
  ]);
  const table = [["WHEN", "WHAT", "COLOUR", "VERSION", "OUTCOME", "TOOK", "WHO", ""], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

async function history(invocation: Invocation): Promise<number> {
  const text = invocation.text("last") ?? String(SHOWN);
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`--last takes a whole number from 1, not "${text}".`);
  const session = await openSession(invocation);
  const entries = (await readHistory(session.config.targets.foundation.settings)).slice(-Number(text));
  if (invocation.on("json")) process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
  else process.stdout.write(entries.length === 0 ? `Nothing has been done to environment ${session.environment} yet.\n` : `${historyLines(entries).join("\n")}\n`);
  return 0;
}

export const historyCommand: Command = {
  name: "history",
  summary: "Show every up, rollout, rollback and down: who, which version, how it ended.",
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    ...JSON_FLAG,
    last: { type: "string", value: "N", help: `how many (default: ${SHOWN})` },
  },
  run: history,
};
