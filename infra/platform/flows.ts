import type { Workload } from "./workload.ts";

/** One connection that has to be possible: from the instances of a workload to a port of another's. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/** Workload that scrapes all those with metrics. */
const SCRAPER = "prometheus";

/**
 * Every connection inside the platform: what workloads say they open, and the scrapes. Whatever is not here is not
 * needed, and a target that can forbids it.
 * @param workloads All of the platform, foundation and colour: flows cross from one to the other.
 */
export function flows(workloads: readonly Workload[]): readonly Flow[] {
  const present = new Set(workloads.map((workload) => workload.name));
  return workloads.flatMap((workload) => [
    ...workload.connectsTo
      .filter((connection) => present.has(connection.to))
      .map((connection) => ({ from: workload.name, to: connection.to, port: connection.port })),
    ...(workload.metrics && present.has(SCRAPER) ? [{ from: SCRAPER, to: workload.name, port: workload.metrics.port }] : []),
  ]);
}
