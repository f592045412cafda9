import { collectDefaultMetrics, type Counter, type Histogram, Registry } from "prom-client";
import { HistogramSeries } from "./histogram-series.ts";
import { DB_QUERY_DURATION, HTTP_DURATION, OPERATIONS, SERVICE_INFO } from "./metrics-contract/process.ts";
import { registerCounter, registerGauge, registerHistogram } from "./metrics-contract/register.ts";
import { Problem } from "./problem.ts";

export type Outcome = "ok" | "rejected" | "failed";

/** One business operation, counted by outcome. All three series stand at zero from the start. */
export interface Operation {
  /** It was done. */
  ok(): void;
  /** The caller's input or state did not allow it (a 4xx). */
  rejected(): void;
  /** It went wrong on our side. */
  failed(): void;
  /** Runs `work` and counts it: a `Problem` below 500 is `rejected`, any other error `failed`. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface MetricsLabels {
  readonly service: string;
  readonly colour: string;
  /** Release of the process. @default "unreleased" */
  readonly version?: string;
}

/** The metrics of one process. Each process has its own registry, so that several fit into one test. */
export class Metrics {
  readonly registry = new Registry();
  readonly dbQueryDuration: Histogram<"outcome">;
  readonly #operations: Counter<"operation" | "outcome">;
  readonly #known = new Map<string, Operation>();
  readonly #httpDuration: Histogram<"route" | "method" | "code">;
  /** By route, method and code: a request finds its series without a text of the three. */
  readonly #httpSeries = new Map<string, Map<string, Map<number, HistogramSeries>>>();

  constructor(labels: MetricsLabels) {
    this.registry.setDefaultLabels({ service: labels.service, colour: labels.colour });
    this.#httpDuration = registerHistogram(HTTP_DURATION, this.registry, () => {
      for (const methods of this.#httpSeries.values()) for (const codes of methods.values()) for (const series of codes.values()) series.handOver();
    });
    this.dbQueryDuration = registerHistogram(DB_QUERY_DURATION, this.registry);
    for (const outcome of ["ok", "error"]) this.dbQueryDuration.zero({ outcome });
    this.#operations = registerCounter(OPERATIONS, this.registry);
    registerGauge(SERVICE_INFO, this.registry).set({ version: labels.version ?? "unreleased" }, 1);
  }

  /** Adds what Node itself tells: heap, event loop, handles. Once per process. */
  collectRuntime(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Durations of requests to one route, in seconds, from zero on; the same three give the same series. */
  httpDuration(route: string, method: string, code: number): HistogramSeries {
    let methods = this.#httpSeries.get(route);
    if (methods === undefined) this.#httpSeries.set(route, (methods = new Map()));
    let codes = methods.get(method);
    if (codes === undefined) methods.set(method, (codes = new Map()));
    let series = codes.get(code);
    if (series === undefined) codes.set(code, (series = new HistogramSeries(this.#httpDuration, { route, method, code: String(code) })));
    return series;
  }

  /** The counter of a business operation; the same name gives the same counter. */
  operation(name: string): Operation {
    const known = this.#known.get(name);
    if (known) return known;
    const count = (outcome: Outcome): void => this.#operations.inc({ operation: name, outcome });
    for (const outcome of ["ok", "rejected", "failed"]) this.#operations.inc({ operation: name, outcome }, 0);
    const operation: Operation = {
      ok: () => count("ok"),
      rejected: () => count("rejected"),
      failed: () => count("failed"),
      run: async (work) => {
        try {
          const result = await work();
          count("ok");
          return result;
        } catch (error) {
          count(error instanceof Problem && error.status < 500 ? "rejected" : "failed");
          throw error;
        }
      },
    };
    this.#known.set(name, operation);
    return operation;
  }
}
