import type { MachineLook } from "../machine.ts";

/** One step of load, at one rate. */
export interface Step {
  /** Orders that were due in a second. */
  readonly offeredPerSecond: number;
  /** Orders that were answered with 201, and so are durable, in a second. */
  readonly durablePerSecond: number;
  readonly sent: number;
  readonly ok: number;
  /** Everything that was not a 201, by code. */
  readonly notOk: Readonly<Record<string, number>>;
  /** From the moment at which an order was due. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Average of trading's transactions: wait for a connection, statements, commit. */
  readonly databaseMs: number;
  /** Orders in one of them on average: those that came while the ones before were being executed. */
  readonly ordersPerTransaction: number;
  /** CPU time by workload while the load lasted, cores; `generator` is the load itself, `rest` all else on the machine. */
  readonly cpuCores: Readonly<Record<string, number>>;
  /** CPU time of one trade with all its effects, by workload, µs: from the first order until nothing was left to do, less what runs without requests. */
  readonly cpuMicrosPerTrade: Readonly<Record<string, number>>;
  /** Largest number of events in outboxes that were not on the bus yet, at the end of the load. */
  readonly unsentAtEnd: number;
  /** Age of the oldest effect that was still to come, at the end of the load, seconds. */
  readonly effectLagSeconds: number;
  /** Until every effect of every order was applied, from the end of the load, seconds. */
  readonly drainedAfterSeconds: number;
}

/** What a trade leaves behind, by the bytes that stores grew by. */
export interface Growth {
  readonly trades: number;
  /** Tables and indexes of all domains, bytes. */
  readonly databaseBytes: number;
  /** Write-ahead log, bytes; it is recycled. */
  readonly walBytes: number;
  /** WAL flushes: fewer than commits, since commits share them. */
  readonly walSyncs: number;
  readonly commits: number;
  /** Events that were published, those of effects among them. */
  readonly events: number;
  /** Effects that groups have applied. */
  readonly effects: number;
}

/** A run of `npm run bench:api`. */
export interface ApiResult {
  readonly at: string;
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  /** Load average of one minute when it began: others that used the machine. */
  readonly loadBefore: number;
  /** How fast the machine was before anything was deployed. */
  readonly machine: MachineLook;
  readonly users: number;
  readonly connections: number;
  readonly secondsPerStep: number;
  readonly goalP95Ms: number;
  /** CPU time of the platform without requests, by workload, cores. */
  readonly idleCores: Readonly<Record<string, number>>;
  readonly steps: readonly Step[];
  /** Rate of the best step; 0 where none met the goal. */
  readonly bestPerSecond: number;
  readonly growth: Growth;
  /** What was wrong when all was over; empty: every order has its effect exactly once in every group, the ledger sums to 0. */
  readonly wrong: readonly string[];
}

/** Whether a step counts: all orders answered as they should, soon enough, at the rate that was offered. */
export function meetsGoal(step: Step, goalP95Ms: number): boolean {
  return step.ok === step.sent && step.p95Ms < goalP95Ms && step.durablePerSecond >= step.offeredPerSecond * 0.97;
}

/** The highest rate that met the goal. */
export function bestStep(steps: readonly Step[], goalP95Ms: number): Step | undefined {
  return steps.filter((step) => meetsGoal(step, goalP95Ms)).sort((a, b) => b.durablePerSecond - a.durablePerSecond)[0];
}
