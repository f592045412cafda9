import { pino, type Logger } from "pino";
import type { ProcessConfig } from "./config.ts";
import { currentWork } from "./correlation.ts";

const SECRET_PATHS = ["password", "token", "secret", "authorization", "*.password", "*.token", "*.secret", "*.authorization"];

/** Who logs, and how much. What belongs to no colour leaves it out. */
type LoggerConfig = Pick<ProcessConfig, "service" | "instance" | "version" | "logLevel"> & Partial<Pick<ProcessConfig, "colour">>;

/**
 * JSON lines on standard output: service, instance, colour and version on each, and the correlation id and trace of the
 * request or event that is being handled. Keys that name a secret are cut out.
 */
export function createLogger(config: LoggerConfig): Logger {
  return pino(
    {
      level: config.logLevel,
      base: { service: config.service, instance: config.instance, colour: config.colour, version: config.version },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_PATHS, censor: "[secret]" },
      mixin: workFields,
    },
    // Asynchronous without a minimum: a line leaves at once when the process is idle, and in batches under load.
    pino.destination({ dest: 1, sync: false }),
  );
}

/** What a line says of the request or event that is being handled; a line that names its own speaks for itself. */
export function workFields(fields: object): { readonly correlationId?: string; readonly traceId?: string } {
  const work = currentWork();
  if (work === undefined || "correlationId" in fields) return {};
  const { correlationId, trace } = work;
  return trace === undefined ? { correlationId } : { correlationId, traceId: trace.traceId };
}
