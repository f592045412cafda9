import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { CounterDefinition, GaugeDefinition, HistogramDefinition } from "./metric.ts";

/** Registers a counter of the contract. Without labels it stands at zero at once. */
export function registerCounter<L extends string>(definition: CounterDefinition<L>, registry: Registry): Counter<L> {
  const { name, help, labels } = definition;
  return new Counter({ name, help, labelNames: [...labels], registers: [registry] });
}

/** Registers a gauge of the contract; `collect` sets it each time that somebody reads. */
export function registerGauge<L extends string>(
  definition: GaugeDefinition<L>,
  registry: Registry,
  collect?: (gauge: Gauge<L>) => void,
): Gauge<L> {
  const { name, help, labels } = definition;
  return new Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    ...(collect === undefined
      ? {}
      : {
          collect() {
            collect(this);
          },
        }),
  });
}

/** Registers a histogram of the contract. */
export function registerHistogram<L extends string>(definition: HistogramDefinition<L>, registry: Registry): Histogram<L> {
  const { name, help, labels, buckets } = definition;
  return new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] });
}
