/** Docker's verdict on a container; `none` where it has no health check. */
export const HEALTH_STATES = ["none", "starting", "healthy", "unhealthy"] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** What the engine says of one container of this environment. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  readonly environment: string;
  /** Empty where the label is missing. */
  readonly workload: string;
  /** Empty for the foundation. */
  readonly colour: string;
  readonly version: string;
  readonly image: string;
  /** Docker's word: `running`, `paused`, `restarting`, `exited` ... */
  readonly state: string;
  readonly health: HealthState;
  /** Restarts by the engine's own restart policy. */
  readonly restarts: number;
  /** Unix time; absent: it never ran. */
  readonly startedAtSeconds?: number;
  /** 0: no limit. */
  readonly memoryLimitBytes: number;
  /** CPU time in microseconds that it may use in each period; 0: no limit. */
  readonly cpuQuotaMicroseconds: number;
  readonly cpuPeriodMicroseconds: number;
}

/** It has processes, whether they are held or not. */
export function isRunning(facts: Pick<ContainerFacts, "state">): boolean {
  return facts.state === "running" || facts.state === "paused";
}

/** What a running container uses. Counters begin with its start. */
export interface Usage {
  /** With file caches. */
  readonly memoryBytes: number;
  /** Without the file caches that the kernel gives up first: what counts against the limit. */
  readonly workingSetBytes: number;
  readonly cpuSeconds: number;
  readonly cfsPeriods: number;
  readonly cfsThrottledPeriods: number;
  readonly cfsThrottledSeconds: number;
  readonly networks: readonly NetworkUsage[];
}

export interface NetworkUsage {
  readonly interface: string;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

export interface EngineEvent {
  readonly containerId: string;
  readonly containerName: string;
  /** `start`, `die`, `oom`, `health_status: unhealthy` ... */
  readonly action: string;
  /** Unix time; for order and for asking for what came later. */
  readonly atSeconds: number;
}

/** What the agent needs of a container engine, for the containers of one environment. */
export interface Engine {
  /** Ids of all its containers, running or not. */
  list(): Promise<readonly string[]>;
  /** Undefined: it is gone. */
  inspect(id: string): Promise<ContainerFacts | undefined>;
  /** Undefined: it does not run. */
  usage(id: string): Promise<Usage | undefined>;
  /** Stops it with its own signal and grace period, and starts it again. */
  restart(id: string): Promise<void>;
  /** Events from `sinceSeconds` (Unix time) on, until the signal or the engine's end. */
  events(sinceSeconds: number, signal: AbortSignal): AsyncIterable<EngineEvent>;
}

/** The engine could not be asked, or refused. The message says what it takes. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code = "engine-failed";
}
