import { isFrozen } from "../../services/base/traffic/release.ts";
import { instanceSuffix } from "../platform/names.ts";
import { colourWeight } from "../rollout/table-change.ts";
import type { ContainerStatus, StatusReport } from "./report.ts";

export interface ScreenStyle {
  /** Columns of the terminal; absent: a pipe, which takes lines of any length. */
  readonly columns?: number;
  readonly colours: boolean;
  readonly nowMs: number;
}

interface Column {
  readonly title: string;
  readonly text: (row: ContainerStatus, nowMs: number) => string;
}

const RED = "\u001b[31m";
const YELLOW = "\u001b[33m";
const GREEN = "\u001b[32m";
const RESET = "\u001b[0m";
const MIB = 1024 * 1024;
const GAP = "  ";
/** The table shows the rest. */
const SHOWN_PROBLEMS = 5;

/** `45s`, `12m`, `3h05m`, `4d03h`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (count: number): string => String(count).padStart(2, "0");
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${two(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
}

function memory({ memoryBytes, memoryLimitBytes }: ContainerStatus): string {
  if (memoryBytes === null || memoryLimitBytes === null) return "-";
  return `${Math.round(memoryBytes / MIB)}/${Math.round(memoryLimitBytes / MIB)} MB`;
}

/** In the order of what one wants to know first: a narrow terminal goes without the last ones. */
const COLUMNS: readonly Column[] = [
  { title: "WORKLOAD", text: (row) => `${row.workload}${instanceSuffix(row.name)}` },
  { title: "COLOUR", text: (row) => row.colour ?? "-" },
  { title: "HEALTH", text: (row) => row.health },
  { title: "SHARE", text: (row) => (row.trafficPercent === null ? "-" : `${row.trafficPercent} %`.padStart(5)) },
  { title: "UP", text: (row, nowMs) => (row.state === "running" && row.startedAt !== null ? formatAge(nowMs - Date.parse(row.startedAt)) : "-") },
  { title: "RESTARTS", text: (row) => String(row.restarts) },
  { title: "MEMORY", text: memory },
  { title: "CPU", text: (row) => (row.cpuPercent === null ? "-" : `${Math.round(row.cpuPercent)} %`) },
  { title: "VERSION", text: (row) => row.version },
];

function healthColour(health: string): string {
  if (["healthy", "running", "done"].includes(health)) return GREEN;
  return health === "starting" || health === "stopping" ? YELLOW : RED;
}

function tableLines(rows: readonly ContainerStatus[], { columns = Number.POSITIVE_INFINITY, colours, nowMs }: ScreenStyle): readonly string[] {
  const cells = COLUMNS.map((column) => [column.title, ...rows.map((row) => column.text(row, nowMs))]);
  const widths = cells.map((column) => Math.max(...column.map((cell) => cell.length)));
  let shown = COLUMNS.length;
  const width = (): number => widths.slice(0, shown).reduce((sum, each) => sum + each + GAP.length, -GAP.length);
  while (shown > 1 && width() > columns) shown -= 1;
  return [undefined, ...rows].map((row, index) =>
    cells
      .slice(0, shown)
      .map((column, at) => {
        const cell = (column[index] ?? "").padEnd(at === shown - 1 ? 0 : (widths[at] ?? 0));
        return colours && row !== undefined && COLUMNS[at]?.title === "HEALTH" ? `${healthColour(row.health)}${cell}${RESET}` : cell;
      })
      .join(GAP)
      .trimEnd(),
  );
}

function trafficLine({ traffic }: StatusReport, nowMs: number): readonly string[] {
  if (traffic === null) return [];
  return [`Traffic       table ${traffic.version}, ${formatAge(nowMs - Date.parse(traffic.at))} ago by ${traffic.by}: ${traffic.reason}`];
}

const BAR = 20;

/** `[######--------------]`: how far a rollout is. */
function bar(step: number, steps: number): string {
  const done = Math.max(0, Math.min(BAR, Math.round((BAR * step) / Math.max(1, steps))));
  return `[${"#".repeat(done)}${"-".repeat(BAR - done)}]`;
}

/** What was done last, the newest first. */
function changeLines({ changes }: StatusReport, nowMs: number): readonly string[] {
  return changes.map(({ at, kind, colour, version, outcome, by, detail }, index) => {
    const what = [kind, colour, version].filter((part) => part !== undefined).join(" ");
    return `${(index === 0 ? "Changes" : "").padEnd(14)}${formatAge(nowMs - Date.parse(at)).padStart(6)} ago  ${what}: ${outcome}, by ${by}${detail === undefined ? "" : `; ${detail}`}`;
  });
}

/** The last change of colour, as long as it says something: under way, under watch, or taken back. */
function releaseLine({ traffic, environment }: StatusReport, nowMs: number): readonly string[] {
  const release = traffic?.release;
  if (release === undefined) return [];
  const { from, to, state, step, steps, watchUntil } = release;
  if (isFrozen(release)) return [`Release       FROZEN at step ${step} of ${steps}, ${from} to ${to}: ${release.frozen}`];
  if (state === "running") return [`Release       ${from} to ${to} ${bar(step, steps)} step ${step} of ${steps}, begun ${formatAge(nowMs - Date.parse(release.startedAt))} ago`];
  if (state === "reverted" && colourWeight(traffic?.weights ?? {}, to) > 0) return [`Release       ${to} was taken back and brought forward again; nothing watches it`];
  if (state === "reverted") return [`Release       ${to} was taken back, ${from} serves`];
  if (state === "ended" || watchUntil === undefined) return [];
  const leftMs = Date.parse(watchUntil) - nowMs;
  const watched = leftMs > 0 ? `under watch for another ${formatAge(leftMs)}` : "no longer under watch";
  return [`Release       ${to} has all requests, ${watched}; back to ${from}: ./astra rollback${environment === "dev" ? "" : ` -e ${environment}`}`];
}

function alertLine({ alerts, environment }: StatusReport): readonly string[] {
  if (alerts === null) return [];
  if (alerts.length === 0) return ["Alerts        nothing fires"];
  const names = [...new Set(alerts.map(({ name, severity }) => `${name} (${severity})`))].join(", ");
  return [`Alerts        ${names}; see ./astra monitoring${environment === "dev" ? "" : ` -e ${environment}`}`];
}

/** The report for a person, on one screen. */
export function statusScreen(report: StatusReport, style: ScreenStyle): readonly string[] {
  const paint = (colour: string, text: string): string => (style.colours ? `${colour}${text}${RESET}` : text);
  const cut = (line: string): string => (style.columns !== undefined && line.length > style.columns ? `${line.slice(0, style.columns - 3)}...` : line);
  if (report.containers.length === 0) {
    const suffix = report.environment === "dev" ? "" : ` --environment ${report.environment}`;
    return [`Nothing runs in environment ${report.environment}. ./astra up${suffix}`];
  }
  const verdict = report.healthy ? paint(GREEN, "healthy") : paint(RED, `${report.problems.length} problem${report.problems.length === 1 ? "" : "s"}`);
  return [
    `Environment ${report.environment}${report.engine === null ? "" : `, deployed by ${report.engine}`}: ${verdict}`,
    ...report.problems.slice(0, SHOWN_PROBLEMS).map((problem) => paint(RED, cut(`  ${problem}`))),
    ...(report.problems.length > SHOWN_PROBLEMS ? [paint(RED, `  and ${report.problems.length - SHOWN_PROBLEMS} more, see below`)] : []),
    ...report.unknown.map((what) => paint(YELLOW, cut(`  not known: ${what}`))),
    // Above the table: a terminal that is too short for everything cuts from below.
    ...[...trafficLine(report, style.nowMs), ...releaseLine(report, style.nowMs), ...alertLine(report)].map(cut),
    "",
    ...tableLines(report.containers, style),
    "",
    ...changeLines(report, style.nowMs).map(cut),
    ...(report.api === null ? [] : [cut(`API           ${report.api.status}`)]),
    ...report.urls.map(({ name, url, openBy }) => cut(`${name.padEnd(12)}  ${url}${openBy === undefined ? "" : `  after: ${openBy}`}`)),
  ];
}
