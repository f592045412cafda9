import { healthWord, trafficShare } from "./container-health.ts";
import { isFrozen } from "../../services/base/traffic/release.ts";
import type { TrafficTable } from "../../services/base/traffic/table.ts";
import { presentWeights } from "../engine/traffic.ts";
import type { HistoryEntry } from "../history/entry.ts";
import type { Container } from "../host/containers.ts";
import type { ContainerUsage } from "../host/usage.ts";
import type { ActiveAlert } from "../monitoring/alerts.ts";
import type { Asked } from "../monitoring/ask.ts";
import { workloadNames } from "../platform/platform.ts";
import type { Colour } from "../platform/workload.ts";

/** One container, or one that should be there. */
export interface ContainerStatus {
  readonly name: string;
  readonly workload: string;
  readonly colour: Colour | null;
  readonly version: string;
  /** Empty where there is no such container. */
  readonly image: string;
  /** Docker's word, on a cluster also its reason why a pod waits; `missing` where there is no such container. */
  readonly state: string;
  /** `healthy`, `running` (has no check), `starting`, `done` (a job), or what is wrong: `unhealthy`, `stopped (1)`, `missing` ... */
  readonly health: string;
  readonly restarts: number;
  readonly startedAt: string | null;
  /** Share of the requests to its workload that its colour gets, [0, 100]. */
  readonly trafficPercent: number | null;
  readonly memoryBytes: number | null;
  readonly memoryLimitBytes: number | null;
  /** 100 is one core. */
  readonly cpuPercent: number | null;
}

/** What `./astra status --json` prints. Fields are added, never renamed; null is what does not apply or nobody could say. */
export interface StatusReport {
  readonly environment: string;
  /** Way it was deployed; null when this checkout has not deployed it. */
  readonly engine: string | null;
  /** No problems. */
  readonly healthy: boolean;
  /** What is wrong, one sentence each. */
  readonly problems: readonly string[];
  /** What could not be found out, and why. */
  readonly unknown: readonly string[];
  readonly containers: readonly ContainerStatus[];
  readonly traffic: TrafficTable | null;
  /** The last changes of the environment, newest first; `./astra history` has more. */
  readonly changes: readonly HistoryEntry[];
  /** What the edge's `/health` says. */
  readonly api: { readonly url: string; readonly status: string } | null;
  /** What fires, most severe first. */
  readonly alerts: readonly Pick<ActiveAlert, "name" | "severity" | "state">[] | null;
  /** `openBy`: the command that opens it, where it is not open by itself. */
  readonly urls: readonly { readonly name: string; readonly url: string; readonly openBy?: string }[];
}

/** A container that the environment should have. */
export interface Expected {
  readonly name: string;
  readonly workload: string;
  readonly colour?: Colour;
}

/** Everything that was asked. What did not answer says why. */
export interface Findings {
  readonly environment: string;
  readonly engine: string | undefined;
  readonly containers: readonly Container[];
  readonly expected: readonly Expected[];
  /** Undefined inside: there is no table. */
  readonly traffic: Asked<TrafficTable | undefined>;
  /** Oldest first. @default none */
  readonly history?: readonly HistoryEntry[];
  readonly usage: ReadonlyMap<string, ContainerUsage> | undefined;
  /** Why there is no `usage`; absent: it was not told in time. */
  readonly usageUnknown?: string;
  readonly alerts: readonly ActiveAlert[] | undefined;
  readonly apiUrl: string;
  /** `ok`, `degraded` ... */
  readonly api: Asked<string>;
  readonly urls: StatusReport["urls"];
}

/** What was done last says what is going on; more would push the table off the screen. */
const SHOWN_CHANGES = 3;
const FINE = new Set(["healthy", "running", "starting", "stopping", "done"]);

function place({ colour, workload, name }: Pick<ContainerStatus, "colour" | "workload" | "name">): string {
  return `${colour ?? ""}:${String(workloadNames.indexOf(workload)).padStart(3, "0")}:${name}`;
}

/** Puts together what was found: pure, so that it can be shown without an engine. */
export function statusReport(findings: Findings): StatusReport {
  const { containers, expected, usage } = findings;
  const table = "value" in findings.traffic ? findings.traffic.value : undefined;
  const weights = table && presentWeights(table, containers);
  const present = containers.map((container): ContainerStatus => {
    const used = usage?.get(container.name);
    return {
      name: container.name,
      workload: container.workload,
      colour: container.colour ?? null,
      version: container.version,
      image: container.image,
      state: container.state,
      health: healthWord(container),
      restarts: container.restarts,
      startedAt: container.startedAt,
      trafficPercent: trafficShare(container, weights) ?? null,
      memoryBytes: used?.memoryBytes ?? null,
      memoryLimitBytes: used?.memoryLimitBytes ?? null,
      cpuPercent: used?.cpuPercent ?? null,
    };
  });
  const names = new Set(containers.map((container) => container.name));
  const missing = expected
    .filter(({ name }) => !names.has(name))
    .map(({ name, workload, colour }): ContainerStatus => {
      const nothing = { restarts: 0, startedAt: null, trafficPercent: null, memoryBytes: null, memoryLimitBytes: null, cpuPercent: null };
      return { name, workload, colour: colour ?? null, version: "", image: "", state: "missing", health: "missing", ...nothing };
    });
  const rows = [...present, ...missing].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  const firing = findings.alerts?.filter((alert) => alert.state === "firing");
  const runs = rows.length > 0;
  const problems = runs
    ? [
        ...rows.filter((row) => !FINE.has(row.health)).map((row) => `${row.name} is ${row.health}`),
        ...("problem" in findings.api ? [`the API ${findings.api.problem}`] : findings.api.value === "ok" ? [] : [`the API is ${findings.api.value}`]),
        ...(isFrozen(table?.release) ? [`the release of ${table?.release?.to ?? "?"} is frozen; see the line Release`] : []),
        ...(firing ?? []).filter((alert) => alert.severity === "critical").map((alert) => `${alert.name} fires`),
      ]
    : ["nothing runs"];
  const unknown = runs
    ? [
        ...("problem" in findings.traffic ? [`who takes requests: ${findings.traffic.problem}`] : []),
        ...(usage === undefined ? [`memory and CPU: ${findings.usageUnknown ?? "the engine does not say in time"}`] : []),
        ...(findings.alerts === undefined ? ["what fires: neither Prometheus nor Alertmanager answers"] : []),
      ]
    : [];
  return {
    environment: findings.environment,
    engine: findings.engine ?? null,
    healthy: problems.length === 0,
    problems,
    unknown,
    containers: rows,
    traffic: table ?? null,
    changes: (findings.history ?? []).slice(-SHOWN_CHANGES).reverse(),
    api: "value" in findings.api ? { url: findings.apiUrl, status: findings.api.value } : null,
    alerts: firing?.map(({ name, severity, state }) => ({ name, severity, state })) ?? null,
    urls: findings.urls,
  };
}
