import { allServices } from "../../services/catalogue.ts";
import { levelNamed, type LogLevel } from "./level.ts";
import type { LogLine, LogOrigin } from "./line.ts";

const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+)Z (.*)$/s;
/** A program's own time is believed when the engine got the line at about that time. */
const BELIEVED_MS = 60_000;

/** Programs that write nothing but JSON: other text is the runtime's own, which only speaks when it fails. */
const JSON_ONLY: readonly string[] = [...allServices.map((service) => service.name), "migrate", "agent"];

interface Understood {
  readonly level?: LogLevel;
  readonly message: string;
}

/** `level=warn ... msg="text"`, as programs written in Go have it. */
function logfmt(text: string): Understood | undefined {
  const level = levelNamed(/(?:^|\s)level=(\w+)/.exec(text)?.[1]);
  if (level === undefined) return undefined;
  const [, quoted, bare] = /(?:^|\s)msg=(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(text) ?? [];
  const message = quoted?.replaceAll(/\\(.)/g, "$1") ?? bare ?? text;
  const error = /(?:^|\s)err=(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(text);
  const reason = error?.[1]?.replaceAll(/\\(.)/g, "$1") ?? error?.[2];
  return { level, message: reason === undefined ? message : `${message}: ${reason}` };
}

/** `2026-01-31 12:00:00.000 UTC [42] LOG:  text`. DETAIL, HINT and the like belong to the line before. */
function postgres(text: string): Understood | undefined {
  const [, word, message] = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \w+ \[\d+\] (?:\S+ )?([A-Z]+\d?):\s+(.*)$/s.exec(text) ?? [];
  if (word === undefined || message === undefined) return undefined;
  const level = levelNamed(word);
  return level === undefined ? { message: `${word}: ${message}` } : { level, message };
}

const REDIS_MARKS: Readonly<Record<string, LogLevel>> = { ".": "debug", "-": "debug", "*": "info", "#": "warn" };

/** `1:M 31 Jan 2026 12:00:00.000 * text`. */
function redis(text: string): Understood | undefined {
  const [, mark, message] = /^\d+:[A-Z] \d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d+ ([.\-*#]) (.*)$/s.exec(text) ?? [];
  const level = mark === undefined ? undefined : REDIS_MARKS[mark];
  return level === undefined || message === undefined ? undefined : { level, message };
}

/** `[WARNING]  (1) : text`. */
function haproxy(text: string): Understood | undefined {
  const [, word, message] = /^\[([A-Z]+)\]\s+\(\d+\)\s*: (.*)$/s.exec(text) ?? [];
  const level = levelNamed(word);
  return level === undefined || message === undefined ? undefined : { level, message };
}

const FORMATS = [logfmt, postgres, redis, haproxy];

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The line's own time where it can be right, else the engine's. */
function timeOf(own: unknown, stamp: string): string {
  if (typeof own !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/.test(own)) return stamp;
  return Math.abs(Date.parse(own) - Date.parse(`${stamp}Z`)) <= BELIEVED_MS ? own.slice(0, -1) : stamp;
}

/**
 * Reads the lines of one container, in order, as `docker logs --timestamps` prints them. Text that says no level has
 * the level of the line that it follows.
 */
export function lineParser(origin: LogOrigin): (line: string) => LogLine {
  const jsonOnly = JSON_ONLY.includes(origin.workload);
  let previous: LogLevel = "info";
  let lastStamp = "";
  return (line) => {
    const [, stamp, text] = STAMPED.exec(line) ?? [];
    // Without a time it is no line of the container: the engine says why there are none.
    if (stamp === undefined || text === undefined)
      return { origin, time: lastStamp, level: "warn", message: line, fields: {}, text: line, json: false };
    lastStamp = stamp;
    const fields = jsonObject(text);
    if (fields !== undefined) {
      const { time, level, msg, message, correlationId, ...rest } = fields;
      previous = levelNamed(level) ?? "info";
      return {
        origin,
        stamp: `${stamp}Z`,
        time: timeOf(time, stamp),
        level: previous,
        message: typeof msg === "string" ? msg : typeof message === "string" ? message : "",
        ...(typeof correlationId === "string" && correlationId !== "" ? { correlationId } : {}),
        fields: rest,
        text,
        json: true,
      };
    }
    const understood = FORMATS.map((format) => format(text)).find((found) => found !== undefined);
    const level: LogLevel = understood?.level ?? (jsonOnly ? "error" : understood || /^\s/.test(text) ? previous : "info");
    previous = level;
    return { origin, stamp: `${stamp}Z`, time: stamp, level, message: understood?.message ?? text, fields: {}, text, json: false };
  };
}
