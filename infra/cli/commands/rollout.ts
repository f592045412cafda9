import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rolloutOrder } from "../../../services/catalogue.ts";
import { thawed } from "../../../services/base/traffic/release.ts";
import type { TrafficTable } from "../../../services/base/traffic/table.ts";
import { otherColour } from "../../engine/choose-colour.ts";
import { takeLock } from "../../engine/lock.ts";
import { withRuntime } from "../../engine/runtime.ts";
import { currentTraffic, updateTraffic } from "../../engine/traffic.ts";
import { colourWeight } from "../../rollout/table-change.ts";
import { recorded } from "../../history/record.ts";
import { operator } from "../../host/operator.ts";
import { environmentFolder } from "../../host/paths.ts";
import type { Runtime } from "../../host/runtime.ts";
import { UserError } from "../../host/user-error.ts";
import { prometheusAlerts } from "../../monitoring/alerts.ts";
import { schemaRecords, stepsWithoutReturn } from "../../migrations/records.ts";
import { colourWorkloads } from "../../platform/platform.ts";
import type { Settings } from "../../platform/settings.ts";
import { environmentUrls } from "../../platform/urls.ts";
import { COLOURS, type Colour, type Workload } from "../../platform/workload.ts";
import { waitForEarlierAlerts, type EarlierAlertsHost } from "../../rollout/earlier-alerts.ts";
import { gateProblems } from "../../rollout/gate.ts";
import { measure } from "../../rollout/measure.ts";
import { DEFAULT_PERCENTS, percentsProblem, rolloutSteps, stepCount, type RolloutStep } from "../../rollout/plan.ts";
import { Rollout, RolloutFrozen, RolloutReverted, type RolloutHost, type RolloutRequest } from "../../rollout/run.ts";
import { standingProblems } from "../../rollout/standing.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { secondsOf } from "../numbers.ts";
import { formatDuration, Progress } from "../progress.ts";
import { environmentSuffix } from "../result.ts";
import { openSession, type Session } from "../session.ts";
import { UsageError } from "../usage-error.ts";

const STEP_SECONDS = 30;
const WATCH_SECONDS = 600;

interface Plan {
  readonly session: Session;
  readonly runtime: Runtime;
  readonly table: TrafficTable;
  readonly to: Colour;
  readonly from: Colour;
  readonly workloads: readonly Workload[];
  readonly steps: readonly RolloutStep[];
  readonly percents: readonly number[];
  readonly stepSeconds: number;
}

function percentsOf(invocation: Invocation): readonly number[] {
  const text = invocation.text("weights");
  if (text === undefined) return DEFAULT_PERCENTS;
  const percents = text.split(",").map((part) => (/^\s*\d+(\.\d+)?\s*$/.test(part) ? Number(part) : Number.NaN));
  const problem = percentsProblem(percents);
  if (problem !== undefined) throw new UsageError(`--weights ${problem}, for example ${DEFAULT_PERCENTS.join(",")}; not "${text}".`);
  return percents;
}

/** The colour that was named, or the one of two that has less than everything. */
function colourOf(word: string | undefined, table: TrafficTable): Colour {
  const named = COLOURS.find((colour) => colour === word);
  if (named !== undefined) return named;
  const { release } = table;
  if (release?.state === "running") return release.to;
  const idle = COLOURS.find((colour) => colourWeight(table.weights, colour) === 0);
  if (idle === undefined) throw new UsageError("Both colours take requests: say which one shall take them all, ./astra rollout blue (or green).");
  return idle;
}

async function plan(invocation: Invocation, session: Session, runtime: Runtime): Promise<Plan> {
  const percents = percentsOf(invocation);
  const stepSeconds = secondsOf(invocation, "step-seconds", { fallback: STEP_SECONDS, most: 3600 });
  const table = await currentTraffic(session.config.targets.foundation.settings);
  if (table === undefined)
    throw new UserError(`Environment ${session.environment} has no traffic table: nothing runs there. ./astra up${environmentSuffix(session.environment)}`);
  const to = colourOf(invocation.words[0], table);
  const workloads = colourWorkloads(session.config.targets[to].settings).filter((one) => one.kind !== "job" && one.replicas > 0);
  const steps = rolloutSteps(table.weights, rolloutOrder.map((service) => service.name), to, percents);
  return { session, runtime, table, to, from: otherColour(to), workloads, steps, percents, stepSeconds };
}

function printPlan({ steps, to, from, stepSeconds }: Plan, progress: Progress): void {
  const byWorkload = Map.groupBy(steps, (step) => step.workload);
  progress.note(`Requests move from ${from} to ${to}, least critical first, ${stepSeconds} s a step (${formatDuration(steps.length * stepSeconds * 1000)} in all):`);
  for (const [workload, own] of byWorkload) progress.note(`  ${workload.padEnd(14)} ${own.map((step) => `${step.percent} %`).join(", ")}`);
}

function hostOf({ session, runtime, to, workloads }: Plan): RolloutHost {
  const { settings } = session.config.targets.foundation;
  const { prometheus } = environmentUrls(settings, false);
  const names = workloads.map((workload) => workload.name);
  return {
    table: async () => await currentTraffic(settings),
    write: async (version, change) => await updateTraffic(settings, (table) => (table.version === version ? change : undefined)),
    problems: async () => standingProblems(await runtime.containers(), to, names),
    measure: async (workload, colour, seconds) => await measure(runtime.fetch, prometheus, workload, colour, seconds),
    now: () => performance.now(),
    date: () => new Date(),
    sleep: async (ms) => {
      await sleep(ms);
    },
  };
}

async function endOfEarlierAlerts({ session, runtime, to }: Plan, progress: Progress): Promise<void> {
  const { prometheus } = environmentUrls(session.config.targets.foundation.settings, false);
  const host: EarlierAlertsHost = {
    alerts: async () => {
      const asked = await prometheusAlerts(runtime.fetch, prometheus);
      return "value" in asked ? asked.value.active : undefined;
    },
    now: () => performance.now(),
    sleep: async (ms) => {
      await sleep(ms);
    },
  };
  await progress.step(`no alert stands against ${to} from before`, async (report) => {
    const names = await waitForEarlierAlerts(host, to, report);
    if (names.length > 0)
      throw new UserError(`${names.join(", ")} still fires against ${to}; nothing was switched. See: ./astra monitoring${environmentSuffix(session.environment)}. To go on regardless: --skip-judgement`);
  });
}

async function carryOut(plan: Plan, request: RolloutRequest, progress: Progress): Promise<void> {
  const { session, runtime, to, from, workloads, table } = plan;
  const edge = environmentUrls(session.config.targets.foundation.settings, false).api;
  await progress.step(`${to} is complete, ready, and answers a private look`, async () => {
    const problems = await gateProblems({ colour: to, workloads, edge }, runtime);
    if (problems.length === 0) return;
    throw new UserError(`${to} is not fit for requests; nothing was switched, ${from} has what it had:\n${problems.map((line) => `  ${line}`).join("\n")}`);
  });
  const goesOn = table.release?.state === "running" && table.release.to === to;
  if (goesOn) progress.note(`Goes on with the rollout that began at ${table.release?.startedAt ?? "?"} (step ${table.release?.step ?? "?"} of ${table.release?.steps ?? "?"}).`);
  else if (!request.skipJudgement) await endOfEarlierAlerts(plan, progress);
  await new Rollout(request, hostOf(plan), table).run({
    step: async (title, work) => void (await progress.step(title, work, (text) => text)),
  });
}

/** A release that was frozen after its end, and that a person rolls out again, is to stay. */
async function acceptFrozen(settings: Settings): Promise<boolean> {
  const changed = await updateTraffic(settings, ({ weights, previous, release }) => {
    if (release?.frozen === undefined) return undefined;
    return { by: operator(), reason: `rollout ${release.to}: accepted as it is`, weights, ...(previous === undefined ? {} : { previous }), release: thawed(release) };
  });
  return changed !== undefined;
}

async function rollout(invocation: Invocation): Promise<number> {
  const progress = new Progress();
  if (invocation.on("require-traffic") && invocation.on("skip-judgement")) throw new UsageError("--require-traffic and --skip-judgement contradict each other.");
  const watchSeconds = secondsOf(invocation, "watch-seconds", { fallback: WATCH_SECONDS, most: 86_400 });
  const session = await openSession(invocation);
  const { settings } = session.config.targets.foundation;
  return await withRuntime(settings, async (runtime) => {
    const planned = await plan(invocation, session, runtime);
    const { to, from, steps, stepSeconds } = planned;
    const suffix = environmentSuffix(session.environment);
    if (steps.length === 0) {
      if (await acceptFrozen(settings)) progress.note(`${to} stays, and the release is not frozen any more.`);
      progress.note(`${to} has all requests already. To go back: ./astra rollback${suffix}`);
      return 0;
    }
    printPlan(planned, progress);
    const oneWay = stepsWithoutReturn(await schemaRecords(settings, runtime), from);
    if (oneWay.length > 0)
      progress.note(`No way back once ${to} has served: ${oneWay.map(({ workload, migration }) => `${workload} ${migration}`).join(", ")} cannot be undone, and ${from} does not have it. A step that fails then is frozen, not taken back.`);
    if (invocation.on("dry-run")) return 0;
    const lock = await takeLock(join(environmentFolder(session.environment), "lock"), `rollout ${to}`);
    try {
      const request: RolloutRequest = {
        from,
        to,
        steps,
        stepsInAll: Math.max(steps.length, stepCount(planned.table.weights, planned.percents)),
        stepSeconds,
        watchSeconds,
        requireTraffic: invocation.on("require-traffic"),
        skipJudgement: invocation.on("skip-judgement"),
        by: operator(),
        id: randomUUID(),
        oneWay,
      };
      const version = (await runtime.containers()).find((container) => container.colour === to)?.version;
      await recorded(
        settings,
        "rollout",
        { colour: to, ...(version === undefined ? {} : { version }) },
        async () => await carryOut(planned, request, progress),
        (error) => (error instanceof RolloutReverted ? "reverted" : error instanceof RolloutFrozen ? "frozen" : "failed"),
      );
      progress.note(`${to} has all requests, after ${formatDuration(progress.elapsedMs)}. ${from} stays warm; for ${formatDuration(watchSeconds * 1000)} degradation takes ${to} back by itself.`);
      progress.note(`To go back: ./astra rollback${suffix}    When ${from} is not needed any more: ./astra down ${from}${suffix}`);
      return 0;
    } finally {
      lock.release();
    }
  });
}

export const rolloutCommand: Command = {
  name: "rollout",
  summary: "Move requests to a colour step by step, watching it; a step that fails puts everything back.",
  words: { help: "[blue|green]", max: 1, choices: COLOURS },
  details: [
    "",
    "First the whole colour has to be ready and to answer requests that only an operator can send. Then one service after",
    "the other, least critical first, gets its weights. Each step is judged by Prometheus: errors and times of the new",
    "colour against the old one. With too little traffic to judge it goes on by the containers' health alone, and says so.",
    "Interrupted, it goes on where it was when it is run again. Afterwards the old colour stays warm: ./astra rollback.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    weights: { type: "string", value: "10,50,100", help: "weights of the new colour, in percent, for each service (default: 10,50,100)" },
    "step-seconds": { type: "string", value: "SECONDS", help: `time of one step, 0 to 3600 (default: ${STEP_SECONDS})` },
    "watch-seconds": { type: "string", value: "SECONDS", help: `time in which degradation still reverts it by itself, 0 to 86400 (default: ${WATCH_SECONDS})` },
    "require-traffic": { type: "boolean", help: "fail a step that has too little traffic to judge" },
    "skip-judgement": { type: "boolean", help: "do not ask Prometheus; containers that fail still put everything back" },
    "dry-run": { type: "boolean", help: "show the steps, and change nothing" },
  },
  run: rollout,
};
