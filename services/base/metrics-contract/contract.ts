import { allServices, domainServices } from "../../catalogue.ts";
import * as business from "./business.ts";
import * as events from "./events.ts";
import { agent } from "./external/agent.ts";
import { backup } from "./external/backup.ts";
import { edge } from "./external/edge.ts";
import { alertmanager, prometheus, scraping } from "./external/monitoring.ts";
import { nodeProcess } from "./external/node.ts";
import { postgres } from "./external/postgres.ts";
import { redis } from "./external/redis.ts";
import { release } from "./external/release.ts";
import * as gateway from "./gateway.ts";
import type { MetricDefinition, MetricSource } from "./metric.ts";
import * as process from "./process.ts";

const everyService = allServices.map((service) => service.name);
const withDatabase = domainServices.map((service) => service.name);

/** All metrics that an area file exports. */
function metricsOf(area: Readonly<Record<string, unknown>>): readonly MetricDefinition[] {
  return Object.values(area).filter(
    (value): value is MetricDefinition => typeof value === "object" && value !== null && "name" in value && "labels" in value,
  );
}

const databaseMetrics = metricsOf(process).filter((metric) => metric.name.startsWith("db_"));

/** Every metric that a rule or a panel may name, with where it comes from. */
export const metricSources: readonly MetricSource[] = [
  { name: "services/base", workloads: everyService, metrics: metricsOf(process).filter((metric) => !databaseMetrics.includes(metric)) },
  { name: "services/base/postgres", workloads: withDatabase, metrics: databaseMetrics },
  { name: "services/base/events", workloads: withDatabase, metrics: metricsOf(events) },
  { name: "services/gateway", workloads: ["gateway"], metrics: metricsOf(gateway) },
  {
    name: "services/financial",
    workloads: ["financial"],
    metrics: [...Object.values(business.KPIS), business.KPI_AGE, business.LEDGER_IMBALANCE, business.LEDGER_CHECKED_AT],
  },
  { name: "services/trading", workloads: ["trading"], metrics: [business.PRICE_FEED_BREAKER_OPEN] },
  { name: "services/nft", workloads: ["nft"], metrics: [business.CHAIN_OPERATIONS_OPEN, business.CHAIN_OLDEST_OPERATION_AGE] },
  nodeProcess(everyService),
  edge,
  redis,
  postgres,
  scraping,
  prometheus,
  alertmanager,
  agent,
  release,
  backup,
];

/** A metric by its name, with its source. */
export interface ContractEntry {
  readonly metric: MetricDefinition;
  readonly source: MetricSource;
}

const bySeries = new Map<string, ContractEntry>();
for (const source of metricSources) {
  for (const metric of source.metrics) {
    const names = metric.type === "histogram" ? ["_bucket", "_sum", "_count"].map((suffix) => metric.name + suffix) : [metric.name];
    for (const name of names) bySeries.set(name, { metric, source });
  }
}

/** The metric that a series belongs to: `x_bucket` to the histogram `x`. Absent: the contract does not know it. */
export function metricOfSeries(series: string): ContractEntry | undefined {
  return bySeries.get(series);
}

/** Names of all series in the contract. */
export const seriesNames: readonly string[] = [...bySeries.keys()];
