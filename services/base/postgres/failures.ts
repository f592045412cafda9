import { Problem } from "../problem.ts";
import { isStalePlan } from "./prepared.ts";

/** How a database error is to be met. */
export type Failure =
  /** No database to talk to: refused, cut, shut down, or silent for too long. The breaker counts these only. */
  | "connection"
  /** All connections are in use and stayed so. */
  | "busy"
  /** The statement took longer than it may. */
  | "timeout"
  /** Serialization failure, deadlock, or a plan that a migration made stale: the same transaction may well succeed now. */
  | "conflict"
  /** Anything the statement itself is to blame for, constraint violations first. */
  | "statement";

/** SQLSTATEs by which a server says that it cannot serve now, beside class 08. */
const SERVER_AWAY = new Set(["57P01", "57P02", "57P03", "53300", "25006"]);
const NETWORK = new Set([
  "ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE", "EHOSTUNREACH", "ENETUNREACH",
]);
/** What `pg` and `pg-pool` say without a code of their own. */
const CONNECTION_MESSAGE = /Connection terminated|Query read timeout|Client has encountered a connection error|timeout expired|Client was closed/;
const QUEUE_MESSAGE = "timeout exceeded when trying to connect";

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Sorts an error thrown by `pg`; one that is not from there counts as `statement`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AggregateError) return error.errors.length > 0 ? failureOf(error.errors[0]) : "statement";
  if (!(error instanceof Error)) return "statement";
  if (error.message === QUEUE_MESSAGE) return "busy";
  const code = codeOf(error);
  if (code === undefined) return CONNECTION_MESSAGE.test(error.message) ? "connection" : "statement";
  if (NETWORK.has(code) || code.startsWith("08") || SERVER_AWAY.has(code)) return "connection";
  if (code === "57014") return "timeout";
  return code === "40001" || code === "40P01" || isStalePlan(error) ? "conflict" : "statement";
}

/** Codes of the problems that the database itself causes. */
export const DATABASE_PROBLEMS = {
  busy: "database-busy",
  unavailable: "database-unavailable",
  timeout: "database-timeout",
} as const;

const NOT_STORED = "Nothing is known to be stored. Try again in a moment.";

/** The answer to a caller whose work the database has no room for. */
export function busyProblem(cause?: unknown): Problem {
  return new Problem({
    status: 503, code: DATABASE_PROBLEMS.busy, title: "The database is busy", detail: NOT_STORED, retryAfterSeconds: 1, cause,
  });
}

/** The answer to a caller that met a database failure; `statement` errors stay what they are. */
export function problemOf(error: unknown): unknown {
  const detail = NOT_STORED;
  switch (failureOf(error)) {
    case "busy":
      return busyProblem(error);
    case "connection":
      return new Problem({
        status: 503, code: DATABASE_PROBLEMS.unavailable, title: "The database cannot be reached", detail,
        retryAfterSeconds: 2, cause: error,
      });
    case "timeout":
      return new Problem({
        status: 503, code: DATABASE_PROBLEMS.timeout, title: "The database took too long", detail, retryAfterSeconds: 1,
        cause: error,
      });
    default:
      return error;
  }
}

/**
 * True where the database was the trouble and not the work: worth another try, however often. A statement that takes
 * too long is not among these: it may do so every time.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof Problem) return error.code === DATABASE_PROBLEMS.busy || error.code === DATABASE_PROBLEMS.unavailable;
  return ["connection", "busy", "conflict"].includes(failureOf(error));
}
