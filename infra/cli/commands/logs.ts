import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { nearest } from "../../config/suggest.ts";
import { withRuntime } from "../../engine/runtime.ts";
import type { Container } from "../../host/containers.ts";
import type { Runtime } from "../../host/runtime.ts";
import { UserError } from "../../host/user-error.ts";
import { lineFilter, momentOf } from "../../logs/filter.ts";
import { follow, readOn, type LogHost, type Positions } from "../../logs/follow.ts";
import { LOG_LEVELS } from "../../logs/level.ts";
import type { LogLine } from "../../logs/line.ts";
import { lastLines, mergeByTime } from "../../logs/merge.ts";
import { originName, renderJson, renderLine } from "../../logs/render.ts";
import { KEPT_DAYS, keptLogs, linesOfKept } from "../../logs/removed.ts";
import { ReorderBuffer } from "../../logs/reorder.ts";
import { SECRETS_WRITER } from "../../platform/names.ts";
import { workloadNames } from "../../platform/platform.ts";
import { COLOURS } from "../../platform/workload.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { untilInterrupted } from "../interrupt.ts";
import { environmentSuffix } from "../result.ts";
import { openSession } from "../session.ts";
import { UsageError } from "../usage-error.ts";

const DEFAULT_TAIL = 200;

/** @throws UsageError for a word that is neither a workload nor a colour. */
function checkWords(words: readonly string[]): void {
  for (const word of words) {
    if (workloadNames.includes(word) || isColour(word)) continue;
    const suggestion = nearest(word, workloadNames);
    throw new UsageError(
      `There is no workload "${word}".${suggestion === undefined ? "" : ` Did you mean ${suggestion}?`} There are: ${[...workloadNames].sort().join(", ")}.`,
    );
  }
}

function isColour(word: string): boolean {
  return COLOURS.some((colour) => colour === word);
}

/** Which containers a call means, by its words and flags. */
function wantedBy(invocation: Invocation): (container: Container) => boolean {
  const { words } = invocation;
  checkWords(words);
  const workloads = words.filter((word) => !isColour(word));
  const given = invocation.text("colour");
  const colours = [...words.filter(isColour), ...(given === undefined ? [] : [given])];
  return (container) =>
    container.workload !== SECRETS_WRITER &&
    (workloads.length === 0 || workloads.includes(container.workload)) &&
    (colours.length === 0 || colours.includes(container.colour ?? ""));
}

/** How many of the last lines to show; undefined: all. A question about a time or a request wants all its lines. */
function tailOf(invocation: Invocation): number | undefined {
  const text = invocation.text("tail");
  if (text === undefined) return invocation.text("since") === undefined && invocation.text("correlation-id") === undefined ? DEFAULT_TAIL : undefined;
  if (text === "all") return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--tail takes a number of lines or "all", not "${text}".`);
  return Number(text);
}

function sinceOf(invocation: Invocation): string | undefined {
  const text = invocation.text("since");
  if (text === undefined) return undefined;
  const moment = momentOf(text, Date.now());
  if (moment === undefined) throw new UsageError(`--since takes a duration such as 10m, 1h30m or 2d, or a time such as 2026-01-31T12:00:00Z, not "${text}".`);
  return moment.toISOString();
}

function hostOf(runtime: Runtime, wanted: (container: Container) => boolean): LogHost {
  return {
    containers: async () => (await runtime.containers()).filter(wanted),
    log: runtime.log,
    starts: runtime.starts,
  };
}

/** Writes lines no faster than they are read. */
async function print(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, "drain");
}

/** A log with where it is read from. */
interface Source {
  readonly container: Container;
  readonly host: LogHost;
}

/** Logs that were kept of containers that are gone. */
async function removedSources(environment: string, wanted: (container: Container) => boolean): Promise<readonly Source[]> {
  const kept = (await keptLogs(environment, Date.now())).filter(({ container }) => wanted(container));
  // A removal that was interrupted and done again has the whole log the second time.
  const newest = new Map(kept.map((each) => [each.container.id, each]));
  return [...newest.values()].map(({ container, file }) => ({
    container,
    host: {
      containers: () => Promise.resolve([container]),
      log: (_, { since }) => linesOfKept(file, since),
      // What is gone does not start.
      starts: async function* () {},
    },
  }));
}

async function logs(invocation: Invocation): Promise<number> {
  const { environment, config } = await openSession(invocation);
  if (invocation.on("removed")) {
    if (invocation.on("follow")) throw new UsageError("--removed shows what is over: it does not go with --follow.");
    const sources = await removedSources(environment, wantedBy(invocation));
    if (sources.length === 0) throw new UserError(`Nothing of that was removed from environment ${environment} within ${KEPT_DAYS} days.`);
    await showHistory(invocation, sources, untilInterrupted());
    return 0;
  }
  return await withRuntime(config.targets.foundation.settings, async (runtime) => await show(invocation, environment, runtime));
}

/** What a line has to have, and how it is written. */
function viewOf(invocation: Invocation, containers: readonly Container[]) {
  const level = LOG_LEVELS.find((known) => known === invocation.text("level"));
  const correlationId = invocation.text("correlation-id");
  const nameWidth = Math.max(8, ...containers.map((container) => originName({ ...container, container: container.name }).length));
  const style = { terminal: process.stdout.isTTY && process.env["NO_COLOR"] === undefined, nameWidth };
  return {
    wants: lineFilter({ ...(level ? { level } : {}), ...(correlationId === undefined ? {} : { correlationId }) }),
    filtered: level !== undefined || correlationId !== undefined,
    write: async (line: LogLine): Promise<void> => await print(invocation.on("json") ? renderJson(line) : renderLine(line, style)),
  };
}

/** Writes what there is, in order of time. @returns how far each container's log was read */
async function showHistory(invocation: Invocation, sources: readonly Source[], signal: AbortSignal): Promise<Positions> {
  const { wants, filtered, write } = viewOf(invocation, sources.map(({ container }) => container));
  const [tail, since] = [tailOf(invocation), sinceOf(invocation)];
  const positions: Positions = new Map();
  // Each log's end holds the end of all, unless lines are left out.
  const options = { ...(since === undefined ? {} : { since }), ...(tail === undefined || filtered ? {} : { tail }) };
  const history = mergeByTime(
    sources.map(async function* ({ container, host }) {
      for await (const line of readOn(host, container, options, positions, signal)) if (wants(line)) yield line;
    }),
  );
  for await (const line of tail === undefined ? history : await lastLines(history, tail)) {
    if (signal.aborted) break;
    await write(line);
  }
  return positions;
}

async function show(invocation: Invocation, environment: string, runtime: Runtime): Promise<number> {
  const host = hostOf(runtime, wantedBy(invocation));
  const signal = untilInterrupted();
  const containers = await host.containers();
  if (containers.length === 0 && !invocation.on("follow"))
    throw new UserError(`Nothing of that is in environment ${environment}. See: ./astra status${environmentSuffix(environment)}`);
  const { wants, write } = viewOf(invocation, containers);
  const startedAt = new Date().toISOString();
  const positions = await showHistory(invocation, containers.map((container) => ({ container, host })), signal);
  if (signal.aborted) return 0;
  if (!invocation.on("follow")) return 0;

  const buffer = new ReorderBuffer({
    now: () => performance.now(),
    sleep: async (ms, until) => await sleep(ms, undefined, { signal: until }).catch(() => undefined),
  });
  const onChange = (container: Container, change: "started" | "stopped"): void => {
    process.stderr.write(`-- ${originName({ ...container, container: container.name })} ${change}\n`);
  };
  const following = follow(host, { positions, known: containers, since: startedAt, wants, onChange }, buffer, signal);
  // What ends the one ends the other: an engine that is gone must not leave a silent screen.
  const shown = (async () => {
    for await (const line of buffer.lines(signal)) await write(line);
  })();
  await Promise.race([following, shown]);
  if (signal.aborted) return 0;
  throw new UserError(runtime.target === "docker"
      ? "The engine does not tell what starts any more, so there is nothing to follow. Is Docker running? ./astra doctor"
      : "The cluster does not tell what starts any more, so there is nothing to follow. Does it answer? kubectl get pods");
}

export const logsCommand: Command = {
  name: "logs",
  summary: "Show the logs of all containers, or a cluster's pods, in order of time.",
  words: { help: "[WORKLOAD|COLOUR ...]", max: 50 },
  details: [
    "",
    "Stores and proxies that do not write JSON get a level from their own words. Times are UTC. With --follow it goes on",
    "until Ctrl-C, with containers that start meanwhile. Where one request went: --correlation-id, as its answer's",
    "X-Correlation-ID header says. Logs of a colour's containers that were removed or replaced are kept for a week: --removed.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    removed: { type: "boolean", help: "of a colour's containers that are gone, a week back" },
    colour: { type: "string", value: "blue|green", choices: ["blue", "green"], help: "of one colour only" },
    level: { type: "string", short: "l", value: LOG_LEVELS.join("|"), choices: LOG_LEVELS, help: "of this level and above" },
    "correlation-id": { type: "string", value: "ID", help: "of one request, through every service" },
    since: { type: "string", value: "TIME", help: "from a time on: 10m, 1h30m, 2d, 2026-01-31T12:00:00Z" },
    tail: { type: "string", short: "n", value: "LINES|all", help: `last lines only (default: ${DEFAULT_TAIL}; with --since or --correlation-id all)` },
    follow: { type: "boolean", short: "f", help: "go on showing what comes, until Ctrl-C" },
    json: { type: "boolean", help: "one JSON object a line, as it was written" },
  },
  run: logs,
};
