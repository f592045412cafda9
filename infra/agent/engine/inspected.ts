import { LABELS } from "../../platform/labels.ts";
import { HEALTH_STATES, type ContainerFacts } from "./engine.ts";

/** The fields of `GET /containers/{id}/json` that are read. */
export interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount?: number;
  readonly State: {
    readonly Status: string;
    readonly StartedAt?: string;
    readonly Health?: { readonly Status: string } | null;
  };
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> | null };
  readonly HostConfig: {
    readonly Memory?: number;
    readonly NanoCpus?: number;
    readonly CpuQuota?: number;
    readonly CpuPeriod?: number;
  };
}

/** The kernel's period where nothing else is set; `--cpus` uses it too. */
const DEFAULT_PERIOD_MICROSECONDS = 100_000;

function cpuLimit(host: Inspected["HostConfig"]): Pick<ContainerFacts, "cpuQuotaMicroseconds" | "cpuPeriodMicroseconds"> {
  if (host.NanoCpus) {
    const quota = Math.round((host.NanoCpus / 1e9) * DEFAULT_PERIOD_MICROSECONDS);
    return { cpuQuotaMicroseconds: quota, cpuPeriodMicroseconds: DEFAULT_PERIOD_MICROSECONDS };
  }
  // Docker says 0 for "not set", the kernel -1 for "no limit".
  const { CpuQuota: quota = 0, CpuPeriod: period = 0 } = host;
  return { cpuQuotaMicroseconds: Math.max(0, quota), cpuPeriodMicroseconds: period > 0 ? period : DEFAULT_PERIOD_MICROSECONDS };
}

/** Reads the engine's answer about one container. */
export function factsOf(inspected: Inspected): ContainerFacts {
  const labels = inspected.Config.Labels ?? {};
  const startedAtMs = Date.parse(inspected.State.StartedAt ?? "");
  return {
    id: inspected.Id,
    name: inspected.Name.replace(/^\//, ""),
    environment: labels[LABELS.environment] ?? "",
    workload: labels[LABELS.workload] ?? "",
    colour: labels[LABELS.colour] ?? "",
    version: labels[LABELS.version] ?? "",
    image: inspected.Config.Image,
    state: inspected.State.Status,
    health: HEALTH_STATES.find((state) => state === inspected.State.Health?.Status) ?? "none",
    restarts: inspected.RestartCount ?? 0,
    // A container that never ran started in the year 1.
    ...(startedAtMs > 0 ? { startedAtSeconds: startedAtMs / 1000 } : {}),
    memoryLimitBytes: inspected.HostConfig.Memory ?? 0,
    ...cpuLimit(inspected.HostConfig),
  };
}
