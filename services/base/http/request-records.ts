import type { Logger } from "pino";
import type { Work } from "../correlation.ts";
import type { Metrics } from "../metrics.ts";
import { endServerSpan } from "../tracing/http-span.ts";
import { AccessLog } from "./access-log.ts";

/** Asked by machines every few seconds: not worth a line each. */
export const QUIET_ROUTES: ReadonlySet<string> = new Set(["/health", "/health/live", "/health/ready", "/metrics"]);

/** Methods whose series stand at zero from the start, so that a rule can be checked before the first request. */
const ZEROED = ["GET", "POST"];

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

/** What is kept of each request: one measurement, one log line and the end of its span. */
export class RequestRecords {
  readonly #metrics: Metrics;
  readonly #access: AccessLog;
  // Series are looked up by one short key instead of by hashing three labels for each request.
  readonly #series = new Map<string, { observe(seconds: number): void }>();

  constructor(metrics: Metrics, log: Logger) {
    this.#metrics = metrics;
    this.#access = new AccessLog(log);
  }

  /** Registers the series of a route at zero. */
  zero(route: string, methods: readonly string[]): void {
    if (QUIET_ROUTES.has(route)) return;
    for (const method of ZEROED.filter((name) => methods.includes(name))) {
      for (const code of ["200", "500"]) this.#metrics.httpDuration.zero({ route, method, code });
    }
  }

  keep(record: ServedRequestRecord): void {
    const { method, route, status, elapsedMs } = record;
    const key = `${method} ${status} ${route}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = this.#metrics.httpDuration.labels({ route, method, code: String(status) });
      this.#series.set(key, series);
    }
    series.observe(elapsedMs / 1000);
    this.#access.write(QUIET_ROUTES.has(route) ? "debug" : status >= 500 ? "warn" : "info", record);
    endServerSpan(record.work, status);
  }
}
