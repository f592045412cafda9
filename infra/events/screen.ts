import { formatAge } from "../status/screen.ts";
import type { EventsReport, GroupReport, LetterSummary } from "./report.ts";

const ERROR_LENGTH = 80;

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

function lag({ lagSeconds }: GroupReport): string {
  if (lagSeconds === 0) return "0s";
  return lagSeconds < 1 ? "<1s" : formatAge(lagSeconds * 1000);
}

function groupCells(report: GroupReport): readonly string[] {
  const { group, state, pending, unread, consumers, activeConsumers, deadLetters } = report;
  if (state === "missing") return [group, "-", "-", "-", "-", String(deadLetters), "missing"];
  return [
    group,
    lag(report),
    String(pending),
    unread === null ? "some" : String(unread),
    `${activeConsumers} of ${consumers}`,
    String(deadLetters),
    state === "retired" ? "retired" : "",
  ];
}

/** One line of it, without what a terminal would act on. */
function errorText({ error }: LetterSummary): string {
  const text = (error.split("\n")[0] ?? "").replaceAll(/\p{Cc}/gu, " ");
  return text.length > ERROR_LENGTH ? `${text.slice(0, ERROR_LENGTH - 1)}…` : text;
}

function letterLines({ deadLetters, newestDeadLetters }: EventsReport, suffix: string): readonly string[] {
  if (deadLetters === 0) return ["", "No dead letters."];
  const rows = newestDeadLetters.map((letter) => [letter.id, letter.group, letter.type === "" ? "-" : letter.type, letter.at.slice(0, 19), errorText(letter)]);
  return [
    "",
    `Dead letters: ${deadLetters}${deadLetters > newestDeadLetters.length ? `, the newest ${newestDeadLetters.length} are` : ""}`,
    ...table([["ID", "GROUP", "TYPE", "WHEN (UTC)", "ERROR"], ...rows]),
    `Once the cause is gone: ./astra events replay [--group GROUP] [--id ID]${suffix}`,
    `What never can be handled: ./astra events discard --id ID --reason TEXT${suffix}`,
  ];
}

function retiredLines({ groups }: EventsReport): readonly string[] {
  const retired = groups.filter(({ state }) => state === "retired");
  if (retired.length === 0) return [];
  return [
    "",
    "Retired groups are in no catalogue of this checkout. Their streams are not trimmed past what they have read:",
    ...retired.map(({ group, activeConsumers, removedBy }) =>
      activeConsumers > 0 ? `  ${group}: is being read still, by another version` : `  ${group}: ${removedBy ?? ""}`,
    ),
  ];
}

function missingLines({ groups }: EventsReport): readonly string[] {
  const missing = groups.filter(({ state }) => state === "missing").map(({ group }) => group);
  return missing.length === 0 ? [] : ["", `On no stream yet: ${missing.join(", ")}. Their service makes them when it starts to read.`];
}

/** The report for a person. `suffix` repeats the environment in suggested commands; empty for the usual one. */
export function eventsScreen(report: EventsReport, suffix = ""): readonly string[] {
  return [
    ...table([["GROUP", "LAG", "PENDING", "UNREAD", "ACTIVE", "DEAD", ""], ...report.groups.map(groupCells)]),
    ...missingLines(report),
    ...retiredLines(report),
    ...letterLines(report, suffix),
  ];
}
