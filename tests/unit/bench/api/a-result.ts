import type { ApiResult, Step } from "../../../../bench/api/result.ts";

/** A step of 1000 trades/s that meets the goal, but for what a test changes. */
export function aStep(changes: Partial<Step>): Step {
  return {
    offeredPerSecond: 1_000,
    durablePerSecond: 1_000,
    sent: 10_000,
    ok: 10_000,
    notOk: {},
    p50Ms: 10,
    p95Ms: 40,
    p99Ms: 80,
    databaseMs: 8,
    ordersPerTransaction: 4,
    cpuCores: { generator: 0.1, trading: 0.4, postgres: 0.6, rest: 0.1 },
    cpuMicrosPerTrade: { generator: 100, edge: 30, gateway: 120, trading: 400, postgres: 800, redis: 50, gamification: 200, social: 100, financial: 100, user: 50, nft: 0 },
    unsentAtEnd: 12,
    effectLagSeconds: 0.5,
    drainedAfterSeconds: 2,
    ...changes,
  };
}

/** A run of the bench with that one step. */
export function aResult(changes: Partial<ApiResult>): ApiResult {
  return {
    at: "2026-01-02T00:00:00.000Z",
    cores: 2,
    cpu: "a CPU",
    node: "24.0.0",
    loadBefore: 0.1,
    machine: { work: { bestMs: 7, medianMs: 8.4 }, flush: { p50Ms: 0.41, p99Ms: 4.35, longestMs: 148 } },
    users: 400,
    connections: 64,
    secondsPerStep: 10,
    goalP95Ms: 100,
    idleCores: { trading: 0.01 },
    steps: [aStep({})],
    bestPerSecond: 1_000,
    growth: { trades: 10_000, databaseBytes: 40_000_000, walBytes: 80_000_000, walSyncs: 5_000, commits: 30_000, events: 20_000, effects: 60_000 },
    wrong: [],
    ...changes,
  };
}
