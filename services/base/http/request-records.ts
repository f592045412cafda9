import type { Logger } from "pino";
import type { Work } from "../correlation.ts";
import type { Metrics } from "../metrics.ts";
import { endServerSpan } from "../tracing/http-span.ts";
import { AccessLog } from "./access-log.ts";

/** Asked by machines every few seconds: not worth a line each. */
export const QUIET_ROUTES: ReadonlySet<string> = new Set(["/health", "/health/live", "/health/ready", "/metrics"]);

/** Methods whose series stand at zero from the start, so that a rule can be checked before the first request. */
const ZEROED = ["GET", "POST"];

/**
 * Requests are noted down and logged together, so many or after so long: line by line between other work each of them costs more,
 * since nothing that makes it is in the processor's caches any more.
 */
const MAX_HELD = 256;
const HOLD_MS = 20;

/** A request that is over. */
export interface ServedRequestRecord {
  readonly correlationId: string;
  readonly work: Work | undefined;
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  /** The route's pattern; `unknown` where there is none. */
  readonly route: string;
  readonly status: number;
  readonly elapsedMs: number;
}

interface Held {
  readonly record: ServedRequestRecord;
  /** When it was over, in ms since 1970. */
  readonly atMs: number;
}

/** Those of every app of this process. They live as long as it does. */
const all: RequestRecords[] = [];

function atExit(records: RequestRecords): void {
  // One listener for all: a process of tests has many of them.
  if (all.push(records) === 1) process.once("exit", () => all.forEach((each) => each.end()));
}

/** What is kept of each request: one measurement, one log line and the end of its span. */
export class RequestRecords {
  readonly #metrics: Metrics;
  readonly #access: AccessLog;
  readonly #held: Held[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(metrics: Metrics, log: Logger) {
    this.#metrics = metrics;
    this.#access = new AccessLog(log);
    atExit(this);
  }

  /** Registers the series of a route at zero. */
  zero(route: string, methods: readonly string[]): void {
    if (QUIET_ROUTES.has(route)) return;
    for (const method of ZEROED.filter((name) => methods.includes(name))) {
      for (const code of [200, 500]) this.#metrics.httpDuration(route, method, code);
    }
  }

  keep(record: ServedRequestRecord): void {
    const { method, route, status, elapsedMs } = record;
    this.#metrics.httpDuration(route, method, status).observe(elapsedMs / 1000);
    endServerSpan(record.work, status);
    if (this.#held.push({ record, atMs: Date.now() }) >= MAX_HELD) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), HOLD_MS).unref();
  }

  /** Hands the lines of all requests so far to the logger. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { record, atMs } of this.#held) this.#access.write(QUIET_ROUTES.has(record.route) ? "debug" : record.status >= 500 ? "warn" : "info", record, atMs);
    this.#held.length = 0;
    this.#access.flush();
  }

  /** Writes them, at once. */
  end(): void {
    this.flush();
    this.#access.end();
  }
}
