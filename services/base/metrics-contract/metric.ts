export type MetricType = "counter" | "gauge" | "histogram" | "summary";

/** One metric: its name is written here and nowhere else. */
export interface MetricDefinition<L extends string = string> {
  readonly name: string;
  readonly type: MetricType;
  /** One sentence for people, with the unit where the name does not say it. */
  readonly help: string;
  /** Labels of its own; those of the target (`TARGET_LABELS`) come on top. */
  readonly labels: readonly L[];
  /** Has no series before it first happens; only where somebody else registers it. @default false */
  readonly sparse?: true;
}

export interface CounterDefinition<L extends string = string> extends MetricDefinition<L> {
  readonly type: "counter";
}

export interface GaugeDefinition<L extends string = string> extends MetricDefinition<L> {
  readonly type: "gauge";
}

export interface HistogramDefinition<L extends string = string> extends MetricDefinition<L> {
  readonly type: "histogram";
  /** Upper bounds, rising; `+Inf` comes by itself. None are written for what others register. */
  readonly buckets: readonly number[];
}

/** Where a group of metrics comes from. */
export interface MetricSource {
  /** For people: `HAProxy 3.0`. */
  readonly name: string;
  /** Workloads that expose all of them. */
  readonly workloads: readonly string[];
  /** The only target on which they do. Absent: on every one. */
  readonly onlyOn?: "docker";
  readonly metrics: readonly MetricDefinition[];
}

/** Labels that Prometheus gives every series of a target. */
export const TARGET_LABELS: readonly string[] = ["job", "instance", "workload", "colour"];

/** A count that only grows while its process lives. */
export function counter<L extends string = never>(name: string, help: string, labels: readonly L[] = []): CounterDefinition<L> {
  return { name, type: "counter", help, labels };
}

/** A value that goes up and down. */
export function gauge<L extends string = never>(name: string, help: string, labels: readonly L[] = []): GaugeDefinition<L> {
  return { name, type: "gauge", help, labels };
}

/** A distribution; its series end in `_bucket`, `_sum` and `_count`. */
export function histogram<L extends string = never>(
  name: string,
  help: string,
  labels: readonly L[] = [],
  buckets: readonly number[] = [],
): HistogramDefinition<L> {
  return { name, type: "histogram", help, labels, buckets };
}
