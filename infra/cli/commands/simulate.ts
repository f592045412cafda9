import { withRuntime } from "../../engine/runtime.ts";
import { UserError } from "../../host/user-error.ts";
import { PORTS } from "../../platform/ports.ts";
import { simulate, type SimulationResult } from "../../simulate/run.ts";
import { limitHint, summaryTable } from "../../simulate/screen.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { untilInterrupted } from "../interrupt.ts";
import { wholeNumberOf } from "../numbers.ts";
import type { Output } from "../progress.ts";
import { environmentSuffix } from "../result.ts";
import { openSession } from "../session.ts";

const MOST_SECONDS = 86_400;
const EVERY_MS = { terminal: 1_000, plain: 5_000 } as const;

/** A line that the next one takes the place of on a terminal; lines one after the other elsewhere. */
export function liveLine(output: Output): { show(line: string): void; end(): void } {
  if (output.isTTY !== true) return { show: (line) => void output.write(`${line}\n`), end: () => undefined };
  return {
    show: (line) => void output.write(`\r\u001b[2K${line.slice(0, (output.columns ?? 80) - 1)}`),
    end: () => void output.write("\r\u001b[2K"),
  };
}

async function requireEdge(origin: string, environment: string): Promise<void> {
  try {
    await (await fetch(`${origin}/health/ready`, { signal: AbortSignal.timeout(10_000) })).arrayBuffer();
  } catch (cause) {
    throw new UserError(`Nothing answers at ${origin}. ./astra up${environmentSuffix(environment)}`, { cause });
  }
}

/** Ends with 1 where something failed that should not, or nothing came to be sent. */
export function exitCodeOf({ statistics }: Pick<SimulationResult, "statistics">): number {
  return statistics.all.counts.failed > 0 || statistics.all.total === 0 ? 1 : 0;
}

async function run(invocation: Invocation): Promise<number> {
  const people = wholeNumberOf(invocation, "users", { fallback: 100, least: 1, most: 100_000 });
  const rate = wholeNumberOf(invocation, "rate", { fallback: 20, least: 1, most: 20_000 });
  const seconds = wholeNumberOf(invocation, "seconds", { fallback: 60, least: 1, most: MOST_SECONDS });
  const seed = wholeNumberOf(invocation, "seed", { fallback: 1, least: 0, most: 2 ** 32 - 1 });
  const { environment, config } = await openSession(invocation);
  const { settings } = config.targets.foundation;
  const { limits } = config.targets.blue.settings;
  const signal = untilInterrupted();
  const live = liveLine(process.stdout);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  return await withRuntime(settings, async (runtime) => {
    const origin = `http://127.0.0.1:${await runtime.localPort(PORTS.edge)}`;
    await requireEdge(origin, environment);
    say(`${people} users, ${rate} requests/s for ${seconds} s, seed ${seed}, through ${origin}. Ctrl-C ends it with the summary.`);
    const everyMs = process.stdout.isTTY ? EVERY_MS.terminal : EVERY_MS.plain;
    const result = await simulate({ origin, people, rate, seconds, seed, signal, everyMs, report: (line) => live.show(line) });
    live.end();
    const { all } = result.statistics;
    const took = result.elapsedMs / 1000;
    say("");
    for (const line of summaryTable(result.statistics)) say(line);
    say("");
    say(`${all.total} requests in ${took.toFixed(1)} s (${(all.total / took).toFixed(1)}/s), ${result.registered} of ${people} users registered, ${all.counts.failed} failed.`);
    say("Times count from when a request was due, so a wait for a connection or for this program is in them.");
    if (result.behind > 0) say(`${result.behind} requests were not sent: all users still waited for an answer. More users can make more requests.`);
    for (const line of limitHint({ limited: all.counts.limited, heldBack: result.heldBack, ...limits, rate, suffix: environmentSuffix(environment) })) say(line);
    return exitCodeOf(result);
  });
}

export const simulateCommand: Command = {
  name: "simulate",
  summary: "Let lifelike players use the platform: a load for demonstrations, dashboards and tests.",
  details: [
    "",
    "Players register, log in, look at prices, trade, close positions, read, write, like, follow, offer, buy and subscribe through",
    "the edge, by tokens, in sessions with time to think; few play much, many a little. Requests begin at --rate a second whatever",
    "the answers take. A seed decides who is who and what each one wants; names are new in every run. What is refused by a rule",
    "or a limit is counted apart; ends with 1 when a request failed that should not (5xx, connections, 400, 401).",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    users: { type: "string", value: "N", help: "players, 1 to 100000 (default: 100); they register as they come" },
    rate: { type: "string", value: "R", help: "requests a second, 1 to 20000 (default: 20)" },
    seconds: { type: "string", value: "S", help: `how long, 1 to ${MOST_SECONDS} (default: 60)` },
    seed: { type: "string", value: "X", help: "what decides all choices, 0 to 4294967295 (default: 1)" },
  },
  run,
};
