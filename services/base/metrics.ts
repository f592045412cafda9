import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";
import { Problem } from "./problem.ts";

const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

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
}

/** The metrics of one process. Each process has its own registry, so that several fit into one test. */
export class Metrics {
  readonly registry = new Registry();
  readonly httpDuration: Histogram<"route" | "method" | "code">;
  readonly dbQueryDuration: Histogram<"outcome">;
  readonly #operations: Counter<"operation" | "outcome">;
  readonly #known = new Map<string, Operation>();

  constructor(labels: MetricsLabels) {
    this.registry.setDefaultLabels({ service: labels.service, colour: labels.colour });
    const registers = [this.registry];
    this.httpDuration = new Histogram({
      name: "http_request_duration_seconds",
      help: "Time from a request's head to the end of its answer, by route pattern.",
      labelNames: ["route", "method", "code"],
      buckets: LATENCY_BUCKETS_SECONDS,
      registers,
    });
    this.dbQueryDuration = new Histogram({
      name: "db_query_duration_seconds",
      help: "Time of one database query, waiting for a connection included.",
      labelNames: ["outcome"],
      buckets: LATENCY_BUCKETS_SECONDS,
      registers,
    });
    for (const outcome of ["ok", "error"]) this.dbQueryDuration.zero({ outcome });
    this.#operations = new Counter({
      name: "service_operations_total",
      help: "Business operations by outcome.",
      labelNames: ["operation", "outcome"],
      registers,
    });
  }

  /** Adds what Node itself tells: heap, event loop, handles. Once per process. */
  collectRuntime(): void {
    collectDefaultMetrics({ register: this.registry });
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
