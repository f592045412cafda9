import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { forgetDeployed } from "../../drift/deployed.ts";
import { otherColour } from "../../engine/choose-colour.ts";
import type { EngineName, StackKey } from "../../engine/engine.ts";
import { requireOwnContainers } from "../../engine/ownership.ts";
import { takeLock } from "../../engine/lock.ts";
import { STACKS } from "../../engine/model.ts";
import { stackMembers } from "../../engine/plan.ts";
import { requireSameEngine, writeRecord } from "../../engine/record.ts";
import { allTo, bothAtLeast, changeTraffic, currentTraffic, endRelease } from "../../engine/traffic.ts";
import { withRuntime } from "../../engine/runtime.ts";
import { recorded } from "../../history/record.ts";
import type { Container } from "../../host/containers.ts";
import { environmentFolder } from "../../host/paths.ts";
import { UserError } from "../../host/user-error.ts";
import { colourWorkloads } from "../../platform/platform.ts";
import { COLOURS, type Colour } from "../../platform/workload.ts";
import { oneWayNow } from "../../rollout/freeze.ts";
import { CONFIG_FLAG, ENGINE_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { confirm } from "../confirm.ts";
import { isComplete } from "../pick-colour.ts";
import { formatDuration, Progress } from "../progress.ts";
import { chosenEngine, loadEngine, openSession, type Session } from "../session.ts";
import { UsageError } from "../usage-error.ts";

/** Gateways hear of a new table at once, the edge asks them every 300 ms. */
const SETTLE_MS = 1_500;

const WORDS = ["foundation", "blue", "green", "all"];

/** Stacks in the order in which they go: what serves before what it stands on. */
function stacksOf(word: string): readonly StackKey[] {
  return word === "all" ? [...STACKS].reverse() : STACKS.filter((stack) => stack === word);
}

/** Nothing is taken down that others stand on. @throws UserError with what to do. */
function refuseHarm(word: string, session: Session, containers: readonly Container[]): void {
  if (word === "all") return;
  if (word === "foundation") {
    const standing = containers.find((container) => container.colour !== undefined && container.state === "running");
    if (standing)
      throw new UserError(
        `The foundation carries ${standing.colour ?? ""}, which still runs. To take everything down: ./astra down`,
      );
    return;
  }
  const colour: Colour = word === "blue" ? "blue" : "green";
  const other = otherColour(colour);
  if (!stackMembers(containers, colour).some((container) => container.state === "running")) return;
  const needed = colourWorkloads(session.config.targets[other].settings).filter((w) => w.kind !== "job" && w.replicas > 0);
  const members = stackMembers(containers, other);
  const healthy = members.every((container) => container.health !== "unhealthy");
  if (!healthy || !isComplete(members, needed.map((workload) => workload.name)))
    throw new UserError(
      `${other} is not complete and healthy, so nothing would take over from ${colour}.\n` +
        `Deploy it first: ./astra up --colour ${other}; or take everything down: ./astra down`,
    );
}

/** A colour that the other one cannot take over from, after a migration, does not go. @throws UserError with why. */
async function refuseOneWay(session: Session, colour: Colour): Promise<void> {
  const table = await currentTraffic(session.config.targets.foundation.settings).catch(() => undefined);
  const steps = table === undefined ? [] : oneWayNow(table);
  if (table?.release?.to !== colour || steps.length === 0) return;
  const named = steps.map(({ workload, migration }) => `${workload} ${migration}`).join(", ");
  throw new UserError(
    `${colour} has served, and after its migrations (${named}) ${otherColour(colour)} cannot serve again, so nothing would take over.\n` +
      "Where you know that it can: ./astra rollback --force, and then this again; or take everything down: ./astra down",
  );
}

/**
 * Gives the other colour all requests before this one stops: nothing new reaches what is going. The other one gets its
 * weight first: the edge asks each gateway by itself, and would see a moment without any between the two answers.
 */
async function handOver(session: Session, colour: Colour, containers: readonly Container[], progress: Progress): Promise<void> {
  const other = otherColour(colour);
  if (!stackMembers(containers, other).some((container) => container.state === "running")) return;
  await progress.step(`requests go to ${other}`, async () => {
    const { settings } = session.config.targets.foundation;
    if (await changeTraffic(settings, `down ${colour}: ${other} takes requests too`, bothAtLeast(other))) await sleep(SETTLE_MS);
    if (await changeTraffic(settings, `down ${colour}: all traffic to ${other}`, (table) => allTo(table, other))) await sleep(SETTLE_MS);
    await endRelease(settings, colour);
  });
}

interface TakingDown {
  readonly session: Session;
  readonly word: string;
  readonly engine: EngineName;
  readonly containers: readonly Container[];
  readonly data: boolean;
  readonly progress: Progress;
}

async function takeDown({ session, word, engine: engineName, containers, data, progress }: TakingDown): Promise<void> {
  const { environment } = session;
  const engine = await loadEngine(engineName);
  const stacks = stacksOf(word);
  const gone = new Set<StackKey>();
  if (word === "blue" || word === "green") await handOver(session, word, containers, progress);
  for (const stack of stacks) {
    const members = stackMembers(containers, stack);
    const known = session.record?.stacks[stack] !== undefined;
    if (members.length > 0 || known)
      await progress.step(`${stack} stopped and removed`, async (report) => {
        await engine.remove(session.config.targets[stack], report);
      });
    await forgetDeployed(environment, stack);
    gone.add(stack);
  }
  const left = Object.entries(session.record?.stacks ?? {}).filter(([stack]) => !gone.has(stack as StackKey));
  if (session.record && !data) await writeRecord(environment, { ...session.record, stacks: Object.fromEntries(left) });
  if (data)
    await progress.step("data and secrets removed", async (report) => {
      await engine.purge(STACKS.map((stack) => session.config.targets[stack]), report);
    });
  const kept = data ? "" : word === "all" ? " Data and secrets are kept: ./astra up brings everything back." : "";
  progress.note(`Down in ${formatDuration(progress.elapsedMs)}.${kept}`);
}

async function down(invocation: Invocation): Promise<number> {
  const word = invocation.words[0] ?? "all";
  const progress = new Progress();
  const session = await openSession(invocation);
  const { environment } = session;
  const data = invocation.on("volumes") || (word === "all" && session.config.targets.foundation.settings.ephemeral);
  if (invocation.on("volumes") && word !== "all")
    throw new UsageError(`--volumes removes the data of the whole environment; it goes with \`down\` alone, not with "${word}".`);
  const choice = chosenEngine(invocation, session);
  requireSameEngine(environment, session.record, choice.engine);
  const containers = await withRuntime(session.config.targets.foundation.settings, async (runtime) => await runtime.containers());
  requireOwnContainers(environment, choice.engine, containers);
  refuseHarm(word, session, containers);
  if (word === "blue" || word === "green") await refuseOneWay(session, word);
  if (data && !invocation.on("yes") && !session.config.targets.foundation.settings.ephemeral) {
    const question = `Remove all data and secrets of environment "${environment}" for good?`;
    if (!(await confirm(question, "Without a terminal, `down --volumes` removes data only with --yes."))) {
      progress.note("Nothing was removed.");
      return 1;
    }
  }
  const lock = await takeLock(join(environmentFolder(environment), "lock"), "down");
  try {
    const work = async (): Promise<void> => await takeDown({ session, word, engine: choice.engine, containers, data, progress });
    const colour = COLOURS.find((one) => one === word);
    // With the data goes the history.
    if (data) await work();
    else await recorded(session.config.targets.foundation.settings, "down", { detail: word, ...(colour ? { colour } : {}) }, work);
    return 0;
  } finally {
    lock.release();
  }
}

export const downCommand: Command = {
  name: "down",
  aliases: ["stop"],
  summary: "Stop and remove containers, or a cluster's objects; data and secrets stay.",
  words: { help: "[foundation|blue|green|all]", max: 1, choices: WORDS },
  details: ["", "Of a colour, when the other one is complete and healthy: it takes over without a failed request."],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    ...ENGINE_FLAG,
    volumes: { type: "boolean", help: "remove data and secrets for good; asks first" },
    yes: { type: "boolean", short: "y", help: "do not ask" },
  },
  run: down,
};
