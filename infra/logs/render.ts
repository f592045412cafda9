import { instanceSuffix } from "../platform/names.ts";
import type { LogLevel } from "./level.ts";
import type { LogLine, LogOrigin } from "./line.ts";

export interface LineStyle {
  /** Colours and short times, for a terminal. */
  readonly terminal: boolean;
  /** Columns for the name of the workload. */
  readonly nameWidth: number;
}

const DIM = "\u001b[2m";
const RESET = "\u001b[0m";
const LEVEL_COLOURS: Readonly<Record<LogLevel, string>> = {
  trace: DIM,
  debug: DIM,
  info: "",
  warn: "\u001b[33m",
  error: "\u001b[31m",
  fatal: "\u001b[1;31m",
};
const NAME_COLOURS: Readonly<Record<string, string>> = { blue: "\u001b[34m", green: "\u001b[32m", foundation: "\u001b[36m" };

/** Who writes and what the engine knows as well: the name in front says it. */
const KNOWN = new Set(["service", "instance", "colour", "version", "pid", "hostname"]);

/** `blue/trading`, `postgres`; `blue/trading-2` for the second instance. */
export function originName({ container, workload, colour }: LogOrigin): string {
  const name = `${workload}${instanceSuffix(container)}`;
  return colour === undefined ? name : `${colour}/${name}`;
}

/** Text as it can be shown on one line: what a client sent must not steer the terminal. */
function harmless(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trimEnd();
}

/** Of an error what it says; its stack is for --json. */
function spoken(value: unknown): unknown {
  return typeof value === "object" && value !== null && "message" in value ? value.message : value;
}

function valueText(value: unknown): string {
  const shown = spoken(value);
  return typeof shown === "string" && /^[^\s"=]+$/.test(shown) ? shown : (JSON.stringify(shown) ?? "undefined");
}

/** A handled request reads as one: `GET /health 200 1.5 ms`. */
function requestText({ method, path, status, durationMs, totalMs }: LogLine["fields"]): string | undefined {
  if (typeof method !== "string" || typeof path !== "string" || typeof status !== "number") return undefined;
  const took = durationMs ?? totalMs;
  return `${method} ${path} ${status}${typeof took === "number" ? ` ${took} ms` : ""}`;
}

const REQUEST_FIELDS = new Set(["method", "path", "status", "durationMs", "totalMs", "route"]);

function messageText(line: LogLine): string {
  const request = requestText(line.fields);
  const rest = Object.entries(line.fields)
    .filter(([name, value]) => !KNOWN.has(name) && !(request !== undefined && REQUEST_FIELDS.has(name)) && spoken(value) !== line.message)
    .map(([name, value]) => `${name}=${valueText(value)}`);
  const message = request === undefined ? line.message : line.message === "request" ? "" : line.message;
  return harmless([message, request ?? "", ...rest].filter((part) => part !== "").join(" "));
}

/** One line for a person: time (UTC), workload, level, message, correlation id. */
export function renderLine(line: LogLine, { terminal, nameWidth }: LineStyle): string {
  const paint = (style: string, text: string): string => (terminal && style !== "" ? `${style}${text}${RESET}` : text);
  const time = line.time.slice(0, 23);
  const id = line.correlationId === undefined ? "" : `[${harmless(line.correlationId)}]`;
  return [
    paint(DIM, terminal ? time.slice(11) : `${time}Z`),
    paint(NAME_COLOURS[line.origin.colour ?? "foundation"] ?? "", originName(line.origin).padEnd(nameWidth)),
    paint(LEVEL_COLOURS[line.level], line.level.padEnd(5)),
    `${paint(LEVEL_COLOURS[line.level], messageText(line))}${id === "" ? "" : ` ${paint(DIM, id)}`}`,
  ].join(" ");
}

/** One JSON object: our lines as they were written, others put into the same form. */
export function renderJson(line: LogLine): string {
  const { container, workload, colour } = line.origin;
  if (line.json && line.fields["instance"] !== undefined) return line.text;
  return JSON.stringify({
    level: line.level,
    time: `${line.time.slice(0, 23)}Z`,
    service: workload,
    instance: container,
    ...(colour === undefined ? {} : { colour }),
    ...line.fields,
    ...(line.correlationId === undefined ? {} : { correlationId: line.correlationId }),
    msg: line.message,
  });
}
