import type { Usage } from "./engine.ts";

/** The fields of `GET /containers/{id}/stats` that are read. A container that does not run has empty ones. */
export interface Stats {
  readonly memory_stats?: {
    readonly usage?: number;
    /** cgroup v1 says `total_inactive_file` (with children) beside `inactive_file`, v2 only the latter. */
    readonly stats?: { readonly total_inactive_file?: number; readonly inactive_file?: number };
  };
  readonly cpu_stats?: {
    readonly cpu_usage?: { readonly total_usage?: number };
    readonly throttling_data?: {
      readonly periods?: number;
      readonly throttled_periods?: number;
      readonly throttled_time?: number;
    };
  };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes?: number; readonly tx_bytes?: number }>>;
}

const NANOSECONDS = 1e9;

/** Reads the engine's answer on cgroup v1 and v2. Undefined: the container does not run. */
export function usageOf(stats: Stats): Usage | undefined {
  const memory = stats.memory_stats;
  if (memory?.usage === undefined) return undefined;
  const inactive = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0;
  const throttling = stats.cpu_stats?.throttling_data;
  return {
    memoryBytes: memory.usage,
    // Both are read one after the other: the cache can have grown in between.
    workingSetBytes: Math.max(0, memory.usage - inactive),
    cpuSeconds: (stats.cpu_stats?.cpu_usage?.total_usage ?? 0) / NANOSECONDS,
    cfsPeriods: throttling?.periods ?? 0,
    cfsThrottledPeriods: throttling?.throttled_periods ?? 0,
    cfsThrottledSeconds: (throttling?.throttled_time ?? 0) / NANOSECONDS,
    networks: Object.entries(stats.networks ?? {}).map(([name, network]) => ({
      interface: name,
      receivedBytes: network.rx_bytes ?? 0,
      sentBytes: network.tx_bytes ?? 0,
    })),
  };
}
