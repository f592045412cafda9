import * as m from "../../../services/base/metrics-contract/external/agent.ts";
import { HEALTH_STATES, isRunning, type ContainerFacts, type Usage } from "../engine/engine.ts";
import type { RestartCount } from "../repair/repairer.ts";
import { Exposition, type Labels } from "./exposition.ts";

/** Everything that is told at one moment. */
export interface Snapshot {
  readonly nowSeconds: number;
  readonly engineUp: boolean;
  readonly engineErrors: number;
  readonly collectSeconds: number;
  readonly containers: readonly ContainerFacts[];
  /** By id; a container that does not run has none. */
  readonly usages: ReadonlyMap<string, Usage>;
  readonly restarts: readonly RestartCount[];
  /** Nothing is restarted, since the machine is slow. */
  readonly restartsPaused: boolean;
  readonly oomKills: (name: string) => number;
  readonly hasGivenUp: (id: string) => boolean;
}

function addFacts(out: Exposition, labels: Labels, facts: ContainerFacts, snapshot: Snapshot): void {
  out.add(m.CONTAINER_INFO, { ...labels, image: facts.image, version: facts.version }, 1);
  out.add(m.CONTAINER_LAST_SEEN, labels, snapshot.nowSeconds);
  if (facts.startedAtSeconds !== undefined) out.add(m.CONTAINER_START_TIME, labels, facts.startedAtSeconds);
  out.add(m.CONTAINER_RUNNING, labels, isRunning(facts) ? 1 : 0);
  for (const status of HEALTH_STATES) out.add(m.CONTAINER_HEALTH, { ...labels, status }, facts.health === status ? 1 : 0);
  out.add(m.CONTAINER_RESTARTS, labels, facts.restarts);
  out.add(m.CONTAINER_OOM, labels, snapshot.oomKills(facts.name));
  out.add(m.CONTAINER_MEMORY_LIMIT, labels, facts.memoryLimitBytes);
  if (facts.cpuQuotaMicroseconds > 0) out.add(m.CONTAINER_CPU_QUOTA, labels, facts.cpuQuotaMicroseconds);
  out.add(m.CONTAINER_CPU_PERIOD, labels, facts.cpuPeriodMicroseconds);
  out.add(m.AGENT_GAVE_UP, labels, snapshot.hasGivenUp(facts.id) ? 1 : 0);
}

function addUsage(out: Exposition, labels: Labels, usage: Usage): void {
  out.add(m.CONTAINER_MEMORY_USAGE, labels, usage.memoryBytes);
  out.add(m.CONTAINER_MEMORY, labels, usage.workingSetBytes);
  out.add(m.CONTAINER_CPU, labels, usage.cpuSeconds);
  out.add(m.CONTAINER_CPU_PERIODS, labels, usage.cfsPeriods);
  out.add(m.CONTAINER_CPU_THROTTLED, labels, usage.cfsThrottledPeriods);
  out.add(m.CONTAINER_CPU_THROTTLED_TIME, labels, usage.cfsThrottledSeconds);
  for (const network of usage.networks) {
    const of = { ...labels, interface: network.interface };
    out.add(m.CONTAINER_NETWORK_RECEIVED, of, network.receivedBytes);
    out.add(m.CONTAINER_NETWORK_SENT, of, network.sentBytes);
  }
}

/** Writes a moment in Prometheus' text format. While the engine is away nothing is told of containers: it would be old. */
export function metricsText(snapshot: Snapshot): string {
  const out = new Exposition();
  out.add(m.AGENT_ENGINE_UP, {}, snapshot.engineUp ? 1 : 0);
  out.add(m.AGENT_ENGINE_ERRORS, {}, snapshot.engineErrors);
  out.add(m.AGENT_COLLECT_DURATION, {}, snapshot.collectSeconds);
  out.add(m.AGENT_RESTARTS_PAUSED, {}, snapshot.restartsPaused ? 1 : 0);
  for (const { workload, colour, count } of snapshot.restarts) out.add(m.AGENT_RESTARTS, { workload, colour }, count);
  for (const facts of snapshot.engineUp ? snapshot.containers : []) {
    const { name, workload, colour, environment } = facts;
    const labels = { name, workload, colour, environment };
    addFacts(out, labels, facts, snapshot);
    // A measurement is kept for a moment, and can be older than the container's end.
    const usage = isRunning(facts) ? snapshot.usages.get(facts.id) : undefined;
    if (usage) addUsage(out, labels, usage);
  }
  return out.text();
}
