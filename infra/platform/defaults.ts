import type { Limits, StopRule } from "./workload.ts";

/** Limit of a workload that config does not set (R-DEP-4). */
export const DEFAULT_LIMITS: Limits = { memoryMb: 512, cpus: 0.5 };

/** The agent does little, and has to be the last to be missed: it takes less from the others. */
export const AGENT_LIMITS: Limits = { memoryMb: 128, cpus: 0.25 };

/** Numeric, because Kubernetes cannot prove that a user given by name is not root. */
export const APP_USER = "1000:1000";

export const SECRETS_PATH = "/run/secrets";

/** Where the configuration of the edge and of monitoring lies, in whose containers read or write it. */
export const CONFIGURATION_PATH = "/configuration";

/** Docker's own weight of a container where the processor is short. */
export const DEFAULT_CPU_SHARES = 1_024;

/**
 * What somebody waits for with an order on its way goes before effects and monitoring where the processor is short. Measured with
 * `bench:api`: at 225 trades/s p95 70 to 130 ms without, 40 with it (docs/benchmarks.md).
 */
export const FIRST_CPU_SHARES = 8_192;
/** The least criticality of a service that an order passes. */
export const FIRST_SERVED_CRITICALITY = 6;

/** The Docker engine's socket, on the host and in the one container that gets it. */
export const ENGINE_SOCKET = "/var/run/docker.sock";

/** Our processes leave the registry, drain up to 20 s, then exit; the rest is margin. */
export const SERVICE_STOP: StopRule = { signal: "SIGTERM", graceSeconds: 30 };

/** Log rotation of every container. */
export const LOG_ROTATION = { maxSizeMb: 10, maxFiles: 3 } as const;

/**
 * R-DEP-4. An engine that knows a start interval checks every second while a container starts; one that does not says "starting" until its
 * first check. Nothing here waits for that (`infra/engine/readiness.ts`), and each check is a process that the engine has to start.
 */
export const HEALTH_CHECK = {
  intervalSeconds: 30,
  startIntervalSeconds: 1,
  startPeriodSeconds: 5,
  timeoutSeconds: 3,
  retries: 3,
} as const;

/** As many instances of one service and colour as the edge finds: `SLOTS` in `images/configure/edge-configuration`. */
export const MOST_INSTANCES = 10;

/**
 * PostgreSQL's connections (R-SVC-3): each instance of a service with a schema may open 5 + 10 and one for its relay, two colours may run at
 * once, and some are kept for migrations, the exporter and people. `max` stands in `images/postgres/postgresql.conf`.
 */
export const DATABASE_CONNECTIONS = { max: 250, perInstance: 16, reserve: 20 } as const;
