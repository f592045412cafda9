import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../host/user-error.ts";
import { findStatus } from "../../status/find.ts";
import { statusScreen } from "../../status/screen.ts";
import type { StatusReport } from "../../status/report.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, JSON_FLAG, type Command, type Invocation } from "../command.ts";
import { untilInterrupted } from "../interrupt.ts";
import { withRuntime } from "../../engine/runtime.ts";
import type { Runtime } from "../../host/runtime.ts";
import { openSession, type Session } from "../session.ts";
import { addresses } from "../urls.ts";
import { UsageError } from "../usage-error.ts";
import { watch } from "../watch.ts";

const DEFAULT_INTERVAL_SECONDS = 5;
const LONGEST_INTERVAL_SECONDS = 3600;

function intervalOf(invocation: Invocation): number {
  const text = invocation.text("interval");
  if (text === undefined) return DEFAULT_INTERVAL_SECONDS;
  if (!invocation.on("watch")) throw new UsageError("--interval goes with --watch.");
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds >= 1 && seconds <= LONGEST_INTERVAL_SECONDS))
    throw new UsageError(`--interval takes 1 to ${LONGEST_INTERVAL_SECONDS} seconds, not "${text}".`);
  return seconds;
}

async function find({ environment, record, config }: Session, runtime: Runtime): Promise<StatusReport> {
  const { foundation, blue, green } = config.targets;
  return await findStatus({
    environment,
    record,
    runtime,
    settings: { foundation: foundation.settings, blue: blue.settings, green: green.settings },
    urls: (parts) => addresses(foundation.settings, parts, runtime.openedBy),
  });
}

function screen(report: StatusReport): readonly string[] {
  const { isTTY, columns } = process.stdout;
  return statusScreen(report, {
    ...(isTTY ? { columns } : {}),
    colours: isTTY && process.env["NO_COLOR"] === undefined,
    nowMs: Date.now(),
  });
}

async function status(invocation: Invocation): Promise<number> {
  const intervalMs = intervalOf(invocation) * 1000;
  const session = await openSession(invocation);
  return await withRuntime(session.config.targets.foundation.settings, async (runtime) => await show(invocation, session, runtime, intervalMs));
}

async function show(invocation: Invocation, session: Session, runtime: Runtime, intervalMs: number): Promise<number> {
  const json = invocation.on("json");
  if (!invocation.on("watch")) {
    const report = await find(session, runtime);
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : screen(report).join("\n")}\n`);
    return report.healthy ? 0 : 1;
  }
  const draw = async (): Promise<readonly string[]> => {
    try {
      // Opened again each time: a colour may have been deployed, or taken down.
      const report = await find(await openSession(invocation), runtime);
      return json ? [JSON.stringify(report)] : [...screen(report), "", `${new Date().toISOString().slice(11, 19)} UTC, every ${intervalMs / 1000} s, Ctrl-C ends`];
    } catch (error) {
      return json ? [JSON.stringify({ environment: session.environment, healthy: false, problems: [messageOf(error)] })] : messageOf(error).split("\n");
    }
  };
  const pause = async (signal: AbortSignal): Promise<void> => await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  await watch(draw, process.stdout, pause, untilInterrupted());
  return 0;
}

export const statusCommand: Command = {
  name: "status",
  summary: "Show what runs: health, colour, share of requests, use of memory and CPU, what fires, addresses.",
  details: [
    "",
    "Ends with 0 when all is well, with 1 when something is not: a container that is missing or not healthy, an API that",
    "does not answer or is degraded, a critical alert. CPU: 100 % is one core. Fields of --json: infra/status/report.ts.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    ...JSON_FLAG,
    watch: { type: "boolean", short: "w", help: "show it again and again until Ctrl-C; with --json one line each time" },
    interval: { type: "string", value: "SECONDS", help: `time between two looks (default: ${DEFAULT_INTERVAL_SECONDS})` },
  },
  run: status,
};
