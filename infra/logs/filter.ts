import { isAtLeast, type LogLevel } from "./level.ts";
import type { LogLine } from "./line.ts";

/** Which lines somebody wants to see. */
export interface LineFilter {
  /** Lines of this level and above. */
  readonly level?: LogLevel;
  /** Lines of one request and of all that followed from it. */
  readonly correlationId?: string;
}

export function lineFilter({ level, correlationId }: LineFilter): (line: LogLine) => boolean {
  return (line) =>
    (level === undefined || isAtLeast(line.level, level)) &&
    // A store that logs a failed statement quotes the id, but not in a field.
    (correlationId === undefined || line.correlationId === correlationId || (!line.json && line.text.includes(correlationId)));
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * The moment that a person means by `10m`, `1h30m`, `2d`, or an ISO 8601 date or time; undefined where it is none.
 * `nowMs` is the time now, ms since 1970.
 */
export function momentOf(text: string, nowMs: number): Date | undefined {
  if (/^(\d+[smhd])+$/.test(text)) {
    const ago = [...text.matchAll(/(\d+)([smhd])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS_MS[unit ?? ""] ?? 0), 0);
    const moment = new Date(nowMs - ago);
    return Number.isNaN(moment.getTime()) ? undefined : moment;
  }
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) return undefined;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
