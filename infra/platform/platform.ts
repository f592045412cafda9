import { allServices, domainServices } from "../../services/catalogue.ts";
import { gateway } from "../../services/gateway/declaration.ts";
import { migrateWorkload } from "./colour/migrate.ts";
import { serviceWorkload } from "./colour/service.ts";
import { configureWorkload } from "./foundation/configure.ts";
import { edgeWorkload } from "./foundation/edge.ts";
import { jaegerWorkload } from "./foundation/jaeger.ts";
import {
  agentWorkload,
  alertmanagerWorkload,
  grafanaWorkload,
  postgresExporterWorkload,
  prometheusWorkload,
  redisExporterWorkload,
} from "./foundation/monitoring.ts";
import { postgresWorkload, redisWorkload } from "./foundation/stores.ts";
import type { HostFacts } from "./host-facts.ts";
import type { ImageName } from "./images.ts";
import { CONFIGURE } from "./jobs.ts";
import type { Settings } from "./settings.ts";
import type { Workload } from "./workload.ts";

/** What is shared and stateful, in start order. */
export function foundationWorkloads(settings: Settings, facts: HostFacts): readonly Workload[] {
  // A cluster's agent needs no socket: kubelets do the rest of its work there.
  const hasAgent = settings.target === "kubernetes" || facts.dockerSocketGid !== undefined;
  return [
    ...(settings.target === "kubernetes" ? [] : [configureWorkload(settings, hasAgent)]),
    postgresWorkload(settings),
    redisWorkload(settings),
    postgresExporterWorkload(settings),
    redisExporterWorkload(settings),
    alertmanagerWorkload(settings, hasAgent),
    prometheusWorkload(settings),
    ...(facts.grafana ? [grafanaWorkload(settings)] : []),
    ...(facts.jaeger === true ? [jaegerWorkload(settings)] : []),
    ...(hasAgent ? [agentWorkload(settings)] : []),
    edgeWorkload(settings),
  ];
}

/** What one colour runs, in start order. */
export function colourWorkloads(settings: Settings): readonly Workload[] {
  return [migrateWorkload(settings), ...[...domainServices, gateway].map((service) => serviceWorkload(service, settings))];
}

/** Workloads of the stack that these settings describe. */
export function stackWorkloads(settings: Settings, facts: HostFacts): readonly Workload[] {
  return settings.colour ? colourWorkloads(settings) : foundationWorkloads(settings, facts);
}

/** Images of workloads, each once; also of what writes a pod's configuration on a cluster, where that is no workload. */
export function imagesOf(workloads: readonly Workload[]): readonly ImageName[] {
  const reads = workloads.some((workload) => workload.configuration === "reads");
  return [...new Set([...workloads.map((workload) => workload.image), ...(reads ? [CONFIGURE] : [])])];
}

/** Data volumes of the foundation, as config names them. */
export const volumeNames: readonly string[] = ["postgres", "redis", "prometheus", "alertmanager", "grafana"];

/** Names that config may use as keys of `resources`. */
export const workloadNames: readonly string[] = [
  "configure",
  "postgres",
  "redis",
  "postgres-exporter",
  "redis-exporter",
  "alertmanager",
  "prometheus",
  "grafana",
  "jaeger",
  "agent",
  "edge",
  "migrate",
  ...allServices.map((service) => service.name),
];
