import { quantileMs, type LoadResult } from "./mixed-load.ts";

/** One command that moved traffic. */
export interface Switch {
  readonly kind: "rollout" | "rollback";
  /** When the command was started and had ended, on the load's clock, ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** From the command's start to the moment at which the last table was in force, ms. */
  readonly inForceMs: number;
}

const number = (value: number): string => value.toLocaleString("en");
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function percentiles(times: LoadResult["times"]): string {
  return `p50 ${quantileMs(times, 0.5).toFixed(1)} ms, p99 ${quantileMs(times, 0.99).toFixed(1)} ms (${number(times.length)} requests)`;
}

/** What a series of switches did to requests: a few lines for a person. Times are told, and nothing is demanded of them. */
export function rolloutSummary(engine: string, perSecond: number, baseline: LoadResult, load: LoadResult, switches: readonly Switch[]): string {
  const during = load.times.filter(({ atMs }) => switches.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs));
  const [first, last] = [load.times[0], load.times.at(-1)];
  const reached = first && last ? load.times.length / ((last.atMs - first.atMs) / 1000) : 0;
  const of = (kind: Switch["kind"]): readonly Switch[] => switches.filter((one) => one.kind === kind);
  const took = (kind: Switch["kind"]): string => {
    const all = of(kind);
    const ms = (value: (one: Switch) => number): readonly number[] => all.map(value);
    return `in force after ${seconds(median(ms((one) => one.inForceMs)))} (median), ${seconds(Math.max(...ms((one) => one.inForceMs)))} (longest); the command ended after ${seconds(Math.max(...ms((one) => one.toMs - one.fromMs)))} at most`;
  };
  const ratio = quantileMs(during, 0.99) / quantileMs(baseline.times, 0.99);
  return [
    `${of("rollout").length} rollouts and ${of("rollback").length} rollbacks in a row through ${engine}:`,
    `  requests   ${number(load.sent)} short at ${reached.toFixed(0)} a second (asked for ${perSecond}), ${number(load.long)} long; ${load.failed.length + baseline.failed.length} failed`,
    `  before     ${percentiles(baseline.times)}`,
    `  switching  ${percentiles(during)}: p99 is ${ratio.toFixed(1)} x that of before`,
    `  rollout    ${took("rollout")}`,
    `  rollback   ${took("rollback")}`,
  ].join("\n");
}
