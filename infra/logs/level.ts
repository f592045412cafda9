/** Levels of log lines, least important first. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What programs call their levels, in lower case. */
const NAMES: Readonly<Record<string, LogLevel>> = {
  trace: "trace",
  debug: "debug",
  debug1: "debug",
  debug2: "debug",
  debug3: "debug",
  debug4: "debug",
  debug5: "debug",
  info: "info",
  notice: "info",
  log: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
  err: "error",
  alert: "error",
  fatal: "fatal",
  panic: "fatal",
  critical: "fatal",
  emerg: "fatal",
};

/** The level that a program's word means, in any case; undefined where it is none. */
export function levelNamed(word: unknown): LogLevel | undefined {
  return typeof word === "string" ? NAMES[word.toLowerCase()] : undefined;
}

export function isAtLeast(level: LogLevel, minimum: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(minimum);
}
