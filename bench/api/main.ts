// `npm run bench:api -- [--rates 250,500,...] [--seconds 15] [--users 400] [--json FILE]`: durable trades through edge and gateway.
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { PORTS } from "../../infra/platform/ports.ts";
import { trading } from "../../services/trading/declaration.ts";
import { ProgramOptions } from "../../tests/support/program-options.ts";
import { lookAtMachine } from "../machine.ts";
import { coresBetween, CpuMeter } from "./cpu.ts";
import { findWrong, outstanding, untilDrained } from "./effects.ts";
import { BenchEnvironment } from "./environment.ts";
import { databaseMarks, growthBetween, histogramOf } from "./figures.ts";
import { Generator } from "./generator-process.ts";
import type { LoadAnswer } from "./message.ts";
import { report } from "./report.ts";
import { bestStep, meetsGoal, type ApiResult, type Step } from "./result.ts";

const options = new ProgramOptions("npm run bench:api -- [--rates 200,400,...] [--seconds 15] [--users 400] [--connections 64] [--json FILE]", {
  rates: "200,400,500,600,700,800,1000,1200,1400,1600",
  seconds: "15",
  users: "400",
  connections: "64",
  json: undefined,
});
const rates = options.numbers("rates");
const jsonFile = options.text("json");
const [seconds, connections] = [options.number("seconds"), options.whole("connections")];
/** An account takes 500 open positions, and each order opens one. */
const users = Math.max(options.whole("users"), Math.ceil((rates.reduce((sum, rate) => sum + rate, 0) * (seconds + 6) * 2 + 10_000) / 500));
const GOAL_P95_MS = 100;
const WARM_UP_SECONDS = 3;
const WARM_UP_ATTEMPTS = 4;
/** Compilers of nine processes need some thousand orders until what an order costs no longer falls. */
const LONG_WARM_UP = { perSecond: 200, seconds: 30 } as const;
const STEP_ATTEMPTS = 2;
/** The gateway's breaker tries again after 30 s. */
const BREAKER_SECONDS = 35;
const IDLE_SECONDS = 10;
const DRAIN_SECONDS = 300;

if (process.platform !== "linux") {
  console.error("bench:api needs Linux and Docker.");
  process.exit(1);
}

const [loadBefore = 0] = loadavg();
console.error("looking at the machine ...");
const machine = await lookAtMachine();
console.error("bringing up an environment of its own with the load profile ...");
const environment = await BenchEnvironment.up();
const generator = new Generator();
let [sent, acknowledged] = [0, 0];
let idleCores: Readonly<Record<string, number>> = {};
try {
  const origin = await environment.addressOf("edge", PORTS.edge);
  const cpu = new CpuMeter(environment.environment, generator.pid);
  console.error(`registering ${users} users ...`);
  await generator.enrol({ origin, users, run: Date.now().toString(36), connections });
  await untilDrained(environment, DRAIN_SECONDS);
  idleCores = await idle(cpu);
  await warmUp();
  await untilDrained(environment, DRAIN_SECONDS);
  const [marks, tradesBefore] = [await databaseMarks(environment.admin), acknowledged];

  const steps: Step[] = [];
  const reaches = async (rate: number): Promise<boolean> => {
    // Twice where once was not enough: a disk that stands still for a moment says nothing of the rate. Both are reported.
    for (let attempt = 1; attempt <= STEP_ATTEMPTS; attempt += 1) {
      const measured = await step(cpu, rate);
      steps.push(measured);
      if (meetsGoal(measured, GOAL_P95_MS)) return true;
    }
    return false;
  };
  for (const rate of rates) {
    if (await reaches(rate)) continue;
    // Once between the last good rate and this one.
    const before = bestStep(steps, GOAL_P95_MS)?.offeredPerSecond;
    if (before !== undefined) steps.push(await step(cpu, Math.round((before + rate) / 2)));
    break;
  }
  const growth = growthBetween(marks, await databaseMarks(environment.admin), acknowledged - tradesBefore);
  const result: ApiResult = {
    at: new Date().toISOString(),
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? "unknown CPU",
    node: process.versions.node,
    loadBefore,
    machine,
    users,
    connections,
    secondsPerStep: seconds,
    goalP95Ms: GOAL_P95_MS,
    idleCores,
    steps: steps.sort((a, b) => a.offeredPerSecond - b.offeredPerSecond),
    bestPerSecond: bestStep(steps, GOAL_P95_MS)?.durablePerSecond ?? 0,
    growth,
    wrong: await findWrong(environment.admin, sent, acknowledged),
  };
  console.log(report(result).join("\n"));
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(result, null, 2)}\n`);
  process.exitCode = result.wrong.length === 0 ? 0 : 1;
} finally {
  generator.stop();
  await environment.down();
}

function count({ sentInAll, okInAll }: LoadAnswer): void {
  sent += sentInAll;
  acknowledged += okInAll;
}

/**
 * Code is compiled, connections and plans are made before anything is measured. A cold process that is slow at first may open
 * the gateway's breaker for 30 s: then it waits, and begins anew.
 */
async function warmUp(): Promise<void> {
  for (const perSecond of [5, 20, 50, Math.min(100, ...rates)]) {
    for (let attempt = 1; ; attempt += 1) {
      const load = await generator.load({ perSecond, seconds: WARM_UP_SECONDS, warmUpSeconds: 0 });
      count(load);
      if (load.ok === load.sent) break;
      const came = Object.entries(load.notOk).map(([code, times]) => `${code}: ${times}`).join(", ");
      console.error(`${perSecond}/s to warm up: ${came}`);
      if (attempt === WARM_UP_ATTEMPTS) throw new Error(`the platform does not take ${perSecond} orders a second: ${came}`);
      await sleep(BREAKER_SECONDS * 1000);
    }
  }
  const { perSecond, seconds: lasting } = LONG_WARM_UP;
  if (Math.max(...rates) >= perSecond) count(await generator.load({ perSecond, seconds: lasting, warmUpSeconds: 0 }));
}

async function idle(cpu: CpuMeter): Promise<Readonly<Record<string, number>>> {
  const [before, from] = [await cpu.read(), performance.now()];
  await sleep(IDLE_SECONDS * 1000);
  return coresBetween(before, await cpu.read(), (performance.now() - from) / 1000);
}

async function databaseTime(): Promise<{ readonly sum: number; readonly count: number }> {
  return histogramOf(await environment.metricsOf("blue-trading", trading.port), "db_query_duration_seconds", { outcome: "ok" });
}

async function step(cpu: CpuMeter, perSecond: number): Promise<Step> {
  const [before, cpuBefore, from] = [await databaseTime(), await cpu.read(), performance.now()];
  const load = await generator.load({ perSecond, seconds, warmUpSeconds: WARM_UP_SECONDS });
  const [cpuCores, after] = [coresBetween(cpuBefore, await cpu.read(), (performance.now() - from) / 1000), await databaseTime()];
  count(load);
  const left = await outstanding(environment);
  const drainedAfterSeconds = await untilDrained(environment, DRAIN_SECONDS);
  const elapsedSeconds = (performance.now() - from) / 1000;
  const transactions = Math.max(1, after.count - before.count);
  const inAll = Object.entries(coresBetween(cpuBefore, await cpu.read(), elapsedSeconds));
  const measured: Step = {
    offeredPerSecond: perSecond,
    durablePerSecond: load.ok / Math.max(seconds, load.tookSeconds),
    sent: load.sent,
    ok: load.ok,
    notOk: load.notOk,
    p50Ms: load.p50Ms,
    p95Ms: load.p95Ms,
    p99Ms: load.p99Ms,
    databaseMs: ((after.sum - before.sum) / transactions) * 1000,
    ordersPerTransaction: load.okInAll / transactions,
    cpuCores,
    cpuMicrosPerTrade: Object.fromEntries(
      inAll.map(([name, cores]) => [name, (Math.max(0, cores - (idleCores[name] ?? 0)) * elapsedSeconds * 1e6) / Math.max(1, load.okInAll)]),
    ),
    unsentAtEnd: left.unsent,
    effectLagSeconds: left.lagSeconds,
    drainedAfterSeconds,
  };
  console.error(`${perSecond}/s: ${measured.durablePerSecond.toFixed(0)} durable/s, p95 ${load.p95Ms.toFixed(1)} ms, drained after ${drainedAfterSeconds.toFixed(1)} s`);
  return measured;
}
