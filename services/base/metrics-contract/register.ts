import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { CounterDefinition, GaugeDefinition, HistogramDefinition } from "./metric.ts";

/** Registers a counter of the contract, with `collect` called each time that somebody reads. Without labels it stands at zero at once. */
export function registerCounter<L extends string>(definition: CounterDefinition<L>, registry: Registry, collect?: (counter: Counter<L>) => void): Counter<L> {
  const { name, help, labels } = definition;
  return new Counter({ name, help, labelNames: [...labels], registers: [registry], ...collecting(collect) });
}

/** Registers a gauge of the contract; `collect` sets it each time that somebody reads. */
export function registerGauge<L extends string>(definition: GaugeDefinition<L>, registry: Registry, collect?: (gauge: Gauge<L>) => void): Gauge<L> {
  const { name, help, labels } = definition;
  return new Gauge({ name, help, labelNames: [...labels], registers: [registry], ...collecting(collect) });
}

/** Registers a histogram of the contract, with `collect` called each time that somebody reads. */
export function registerHistogram<L extends string>(
  definition: HistogramDefinition<L>,
  registry: Registry,
  collect?: (histogram: Histogram<L>) => void,
): Histogram<L> {
  const { name, help, labels, buckets } = definition;
  return new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry], ...collecting(collect) });
}

/** prom-client hands the metric over as `this`. */
function collecting<M>(collect: ((metric: M) => void) | undefined): { collect?: (this: M) => void } {
  if (collect === undefined) return {};
  return {
    collect() {
      collect(this);
    },
  };
}
