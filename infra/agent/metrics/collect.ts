import { HEALTH_STATES, isRunning, type ContainerFacts, type Usage } from "../engine/engine.ts";
import type { RestartCount } from "../repair/repairer.ts";
import { Exposition, type Labels } from "./exposition.ts";
import { AGENT, CONTAINER } from "./families.ts";

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
  readonly oomKills: (name: string) => number;
  readonly hasGivenUp: (id: string) => boolean;
}

function addFacts(out: Exposition, labels: Labels, facts: ContainerFacts, snapshot: Snapshot): void {
  out.add(CONTAINER.info, { ...labels, image: facts.image, version: facts.version }, 1);
  out.add(CONTAINER.lastSeen, labels, snapshot.nowSeconds);
  if (facts.startedAtSeconds !== undefined) out.add(CONTAINER.startTime, labels, facts.startedAtSeconds);
  out.add(CONTAINER.running, labels, isRunning(facts) ? 1 : 0);
  for (const status of HEALTH_STATES) out.add(CONTAINER.health, { ...labels, status }, facts.health === status ? 1 : 0);
  out.add(CONTAINER.restarts, labels, facts.restarts);
  out.add(CONTAINER.oomEvents, labels, snapshot.oomKills(facts.name));
  out.add(CONTAINER.memoryLimit, labels, facts.memoryLimitBytes);
  if (facts.cpuQuotaMicroseconds > 0) out.add(CONTAINER.cpuQuota, labels, facts.cpuQuotaMicroseconds);
  out.add(CONTAINER.cpuPeriod, labels, facts.cpuPeriodMicroseconds);
  out.add(AGENT.gaveUp, labels, snapshot.hasGivenUp(facts.id) ? 1 : 0);
}

function addUsage(out: Exposition, labels: Labels, usage: Usage): void {
  out.add(CONTAINER.memoryUsage, labels, usage.memoryBytes);
  out.add(CONTAINER.memoryWorkingSet, labels, usage.workingSetBytes);
  out.add(CONTAINER.cpuUsage, labels, usage.cpuSeconds);
  out.add(CONTAINER.cfsPeriods, labels, usage.cfsPeriods);
  out.add(CONTAINER.cfsThrottledPeriods, labels, usage.cfsThrottledPeriods);
  out.add(CONTAINER.cfsThrottledSeconds, labels, usage.cfsThrottledSeconds);
  for (const network of usage.networks) {
    const of = { ...labels, interface: network.interface };
    out.add(CONTAINER.networkReceived, of, network.receivedBytes);
    out.add(CONTAINER.networkSent, of, network.sentBytes);
  }
}

/** Writes a moment in Prometheus' text format. While the engine is away nothing is told of containers: it would be old. */
export function metricsText(snapshot: Snapshot): string {
  const out = new Exposition();
  out.add(AGENT.engineUp, {}, snapshot.engineUp ? 1 : 0);
  out.add(AGENT.engineErrors, {}, snapshot.engineErrors);
  out.add(AGENT.collectSeconds, {}, snapshot.collectSeconds);
  for (const { workload, colour, count } of snapshot.restarts) out.add(AGENT.restarts, { workload, colour }, count);
  for (const facts of snapshot.engineUp ? snapshot.containers : []) {
    const { name, workload, colour, environment } = facts;
    const labels = { name, workload, colour, environment };
    addFacts(out, labels, facts, snapshot);
    const usage = snapshot.usages.get(facts.id);
    if (usage) addUsage(out, labels, usage);
  }
  return out.text();
}
