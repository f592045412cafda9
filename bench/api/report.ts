import { machineLine } from "../machine.ts";
import { bestStep, meetsGoal, type ApiResult, type Growth, type Step } from "./result.ts";

const GOAL_PER_SECOND = 1_000;
const GOAL_DATABASE_MS = 5;

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const whole = (value: number): string => Math.round(value).toLocaleString("en");
const listed = (parts: readonly string[], otherwise: string): string => (parts.length === 0 ? otherwise : parts.join("; "));
const tenth = (value: number): string => value.toFixed(1);

/** The rates, one line each. */
export function stepsTable({ steps, goalP95Ms }: ApiResult): readonly string[] {
  return [
    row(["offered/s", "durable trades/s", "not 201", "p50 ms", "p95 ms", "p99 ms", "transaction ms", "orders in it", "CPU cores", "unsent at the end", "oldest effect s", "drained after s", `p95 < ${goalP95Ms} ms`]),
    row(Array.from({ length: 13 }, (_, n) => (n === 12 ? "---" : "---:"))),
    ...steps.map((step) =>
      row([
        whole(step.offeredPerSecond),
        whole(step.durablePerSecond),
        listed(Object.entries(step.notOk).map(([code, count]) => `${code}: ${count}`), "0"),
        tenth(step.p50Ms),
        tenth(step.p95Ms),
        tenth(step.p99Ms),
        tenth(step.databaseMs),
        tenth(step.ordersPerTransaction),
        Object.values(step.cpuCores).reduce((sum, each) => sum + each, 0).toFixed(2),
        whole(step.unsentAtEnd),
        tenth(step.effectLagSeconds),
        tenth(step.drainedAfterSeconds),
        meetsGoal(step, goalP95Ms) ? "yes" : "no",
      ]),
    ),
  ];
}

/** Where the CPU time of a step went. */
export function cpuTable(step: Step, idle: Readonly<Record<string, number>>): readonly string[] {
  const total = Object.values(step.cpuCores).reduce((sum, each) => sum + each, 0);
  const names = Object.entries(step.cpuCores).sort(([, a], [, b]) => b - a);
  return [
    row(["process", "cores", "share", "CPU µs a trade with all its effects", "cores without requests"]),
    row(["---", "---:", "---:", "---:", "---:"]),
    ...names.map(([name, cores]) =>
      row([name, cores.toFixed(2), `${((cores / total) * 100).toFixed(0)} %`, whole(step.cpuMicrosPerTrade[name] ?? 0), (idle[name] ?? 0).toFixed(2)]),
    ),
    row(["all", total.toFixed(2), "100 %", whole(Object.values(step.cpuMicrosPerTrade).reduce((sum, each) => sum + each, 0)), Object.values(idle).reduce((sum, each) => sum + each, 0).toFixed(2)]),
  ];
}

function verdict(goal: string, reached: boolean, figure: string): string {
  return row([goal, `${reached ? "yes" : "no"}: ${figure}`]);
}

/** An order's share of its transaction, ms. */
function orderMs({ databaseMs, ordersPerTransaction }: Step): number {
  return databaseMs / Math.max(1, ordersPerTransaction);
}

function databaseWork(step: Step): string {
  return `${tenth(orderMs(step))} ms (a transaction of ${tenth(step.ordersPerTransaction)} orders takes ${tenth(step.databaseMs)} ms)`;
}

/** What a trade leaves behind. */
function growthLine(growth: Growth): string {
  const each = (count: number): string => (count / growth.trades).toFixed(2);
  return (
    `A trade with all its effects: ${whole(growth.databaseBytes / growth.trades)} bytes of tables and indexes, ${whole(growth.walBytes / growth.trades)} bytes of WAL, ` +
    `${each(growth.commits)} commits, ${each(growth.walSyncs)} flushes, ${each(growth.events)} events, ${each(growth.effects)} effects (${whole(growth.trades)} trades).`
  );
}

/** The whole report, as it stands in docs/benchmarks.md. */
export function report(result: ApiResult): readonly string[] {
  const { steps, goalP95Ms, growth } = result;
  const best = bestStep(steps, goalP95Ms);
  const shown = best ?? steps[0];
  const share = shown === undefined ? 0 : (shown.cpuCores["generator"] ?? 0) / Object.values(shown.cpuCores).reduce((sum, each) => sum + each, 0);
  return [
    `${result.at}; ${result.cores} x ${result.cpu}; Node ${result.node}; load before: ${tenth(result.loadBefore)}; ${result.users} users with tokens, ${result.connections} connections, ${result.secondsPerStep} s a step`,
    "",
    machineLine(result.machine),
    "",
    ...stepsTable(result),
    "",
    ...(shown === undefined ? [] : [`CPU at ${whole(shown.offeredPerSecond)}/s (the load itself: ${(share * 100).toFixed(0)} % of all):`, "", ...cpuTable(shown, result.idleCores), ""]),
    ...(growth.trades === 0 ? [] : [growthLine(growth), ""]),
    row(["goal", "reached"]),
    row(["---", "---"]),
    verdict(`${whole(GOAL_PER_SECOND)} durable trades/s with p95 < ${goalP95Ms} ms`, (best?.offeredPerSecond ?? 0) >= GOAL_PER_SECOND, best === undefined ? "no rate met it" : `${whole(best.durablePerSecond)}/s, p95 ${tenth(best.p95Ms)} ms`),
    verdict(`database work of an order under ${GOAL_DATABASE_MS} ms at that load`, best !== undefined && orderMs(best) < GOAL_DATABASE_MS, shown === undefined ? "-" : databaseWork(shown)),
    verdict("every trade has its effect once in every group, the ledger sums to 0", result.wrong.length === 0, listed(result.wrong, `${whole(growth.trades)} trades`)),
  ];
}
