import type { Colour } from "../platform/workload.ts";
import type { LogLevel } from "./level.ts";

/** The container that a line comes from. */
export interface LogOrigin {
  readonly container: string;
  readonly workload: string;
  /** Absent: it belongs to the foundation. */
  readonly colour?: Colour;
}

/** One line of a container's log, understood. */
export interface LogLine {
  readonly origin: LogOrigin;
  /** When the engine got it, ISO 8601 with nanoseconds; absent on what the engine itself has to say. */
  readonly stamp?: string;
  /** When it was written, ISO 8601 without zone, UTC: sorts as text. */
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly correlationId?: string;
  /** What else a JSON line says. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** As the program wrote it. */
  readonly text: string;
  /** It is one of our JSON lines. */
  readonly json: boolean;
}
