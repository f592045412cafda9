import type { IPod } from "kubernetes-models/v1";
import type { ContainerUsage } from "../host/usage.ts";

/** What metrics-server says of one pod. */
export interface PodMetrics {
  readonly metadata: { readonly name: string };
  readonly containers: readonly { readonly usage: Readonly<Record<string, string>> }[];
}

const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40,
};

/** A quantity as Kubernetes writes it: `250m`, `512Mi`, `1500000n`. NaN where it is none. */
export function quantity(value: string | number | undefined): number {
  const [, amount, suffix] = /^([\d.]+)([A-Za-z]*)$/.exec(String(value ?? "")) ?? [];
  return Number(amount) * (SUFFIXES[suffix ?? ""] ?? Number.NaN);
}

/** What pods use, by name; one that nothing is known of is left out. */
export function podUsage(pods: readonly IPod[], metrics: readonly PodMetrics[]): ReadonlyMap<string, ContainerUsage> {
  const limits = new Map(pods.map((pod) => [pod.metadata?.name, pod.spec?.containers[0]?.resources?.limits?.["memory"]]));
  return new Map(
    metrics.flatMap(({ metadata: { name }, containers }) => {
      const sum = (key: string): number => containers.reduce((total, { usage }) => total + quantity(usage[key]), 0);
      const entry = { memoryBytes: sum("memory"), memoryLimitBytes: quantity(limits.get(name)), cpuPercent: sum("cpu") * 100 };
      return Object.values(entry).every(Number.isFinite) ? [[name, entry] as const] : [];
    }),
  );
}
