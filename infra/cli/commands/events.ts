import type { Redis } from "ioredis";
import { discardDeadLetter, replayDeadLetter } from "../../../services/base/events/dead-letters.ts";
import { CONSUMER_GROUPS } from "../../../services/base/metrics-contract/events.ts";
import { withRedis } from "../../engine/traffic.ts";
import { allLetters, askStreams, redisTimeMs } from "../../events/ask.ts";
import { planRemoval } from "../../events/remove.ts";
import { planLetters, type LetterPlan } from "../../events/plan-letters.ts";
import { eventsReport, type EventsReport } from "../../events/report.ts";
import { eventsScreen } from "../../events/screen.ts";
import { UserError } from "../../host/user-error.ts";
import { confirm } from "../confirm.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, JSON_FLAG, type Command, type Invocation } from "../command.ts";
import { environmentSuffix } from "../result.ts";
import { openSession, type Session } from "../session.ts";
import { UsageError } from "../usage-error.ts";

/** What a call gives back: for programs, and for people. */
interface Answer {
  readonly json: unknown;
  readonly lines: readonly string[];
}

async function reportOf(redis: Redis, environment: string): Promise<EventsReport> {
  const [streams, letters] = await Promise.all([askStreams(redis), allLetters(redis)]);
  return eventsReport({
    environment,
    catalogue: CONSUMER_GROUPS,
    streams,
    letters,
    nowMs: await redisTimeMs(redis),
    removalOf: (group) => `./astra events remove --group ${group}${environmentSuffix(environment)}`,
  });
}

async function show(redis: Redis, environment: string): Promise<Answer> {
  const report = await reportOf(redis, environment);
  return { json: report, lines: eventsScreen(report, environmentSuffix(environment)) };
}

/** All of them before the first is given back: one that fails again would come round without end. */
async function planned(redis: Redis, invocation: Invocation): Promise<LetterPlan> {
  return planLetters(await allLetters(redis), { group: invocation.text("group"), id: invocation.text("id") }, CONSUMER_GROUPS);
}

/** Gives the letters of a plan to their groups, and says how many. */
async function give(
  verb: "replay" | "discard",
  { letters, unreadGroups }: LetterPlan,
  one: (letter: LetterPlan["letters"][number]) => Promise<string | undefined>,
): Promise<Answer> {
  const done = `${verb}ed`;
  const counts = new Map<string, number>();
  for (const letter of letters) if ((await one(letter)) !== undefined) counts.set(letter.group, (counts.get(letter.group) ?? 0) + 1);
  const sum = [...counts.values()].reduce((total, count) => total + count, 0);
  const groups = [...counts].map(([group, count]) => `${group} ${count}`).join(", ");
  return {
    json: { [done]: sum, groups: Object.fromEntries(counts), unreadGroups },
    lines: [
      sum === 0 ? `There was nothing to ${verb}.` : `${verb === "replay" ? "Replayed" : "Discarded"} ${sum}: ${groups}.`,
      ...(unreadGroups.length === 0 ? [] : [`Left where they are, since no group of this release reads them: ${unreadGroups.join(", ")}.`]),
    ],
  };
}

async function replay(redis: Redis, invocation: Invocation): Promise<Answer> {
  return await give("replay", await planned(redis, invocation), async (letter) => await replayDeadLetter(redis, letter));
}

async function discard(redis: Redis, invocation: Invocation, reason: string): Promise<Answer> {
  const plan = await planned(redis, invocation);
  const question = `Discard ${plan.letters.length} dead letters? Their events never take effect.`;
  const sure = plan.letters.length === 0 || invocation.on("yes") || (await confirm(question, "Without a terminal, `events discard` goes on only with --yes."));
  if (!sure) return { json: { discarded: 0, groups: {}, unreadGroups: [] }, lines: ["Nothing was discarded."] };
  return await give("discard", plan, async (letter) => await discardDeadLetter(redis, letter, reason));
}

async function remove(redis: Redis, group: string, environment: string): Promise<Answer> {
  const streams = planRemoval(await reportOf(redis, environment), group);
  for (const stream of streams) await redis.xgroup("DESTROY", stream, group);
  return { json: { removed: group, streams }, lines: [`Removed ${group} from ${streams.join(", ")}.`] };
}

/** The work that a call asks for, its flags checked. */
export function eventsWork(invocation: Invocation): (redis: Redis, environment: string) => Promise<Answer> {
  const [word] = invocation.words;
  const group = invocation.text("group");
  const id = invocation.text("id");
  const reason = invocation.text("reason");
  if (id !== undefined && word !== "replay" && word !== "discard") throw new UsageError("--id goes with `./astra events replay` or `./astra events discard`.");
  if ((reason !== undefined || invocation.on("yes")) && word !== "discard") throw new UsageError("--reason and --yes go with `./astra events discard`.");
  if (id !== undefined && !/^\d+-\d+$/.test(id)) throw new UsageError(`--id takes the id of a dead letter as \`./astra events\` shows it, for example 1700000000000-0, not "${id}".`);
  if (word === "replay") return async (redis) => await replay(redis, invocation);
  if (word === "discard") {
    if (group === undefined && id === undefined) throw new UsageError("Which dead letters? ./astra events discard --id ID, or --group NAME for all of a group's.");
    if (reason === undefined || reason.trim() === "") throw new UsageError("Why? --reason TEXT goes into the log of the group that gives them up.");
    return async (redis) => await discard(redis, invocation, reason);
  }
  if (word === "remove") {
    if (group === undefined) throw new UsageError("Which group? ./astra events remove --group NAME");
    return async (redis, environment) => await remove(redis, group, environment);
  }
  if (group !== undefined) throw new UsageError("--group goes with `./astra events replay`, `discard` or `remove`.");
  return show;
}

async function inRedis({ environment, config }: Session, work: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const answer = await withRedis(config.targets.foundation.settings, work, "The events");
  if (answer === undefined) throw new UserError(`Nothing runs in environment ${environment}. ./astra up${environmentSuffix(environment)}`);
  return answer;
}

async function events(invocation: Invocation): Promise<number> {
  const work = eventsWork(invocation);
  const session = await openSession(invocation);
  const { json, lines } = await inRedis(session, async (redis) => await work(redis, session.environment));
  process.stdout.write(`${invocation.on("json") ? JSON.stringify(json, null, 2) : lines.join("\n")}\n`);
  return 0;
}

export const eventsCommand: Command = {
  name: "events",
  summary: "Show how far each consumer group is, and its dead letters; replay or discard them.",
  words: { help: "[replay|discard|remove]", max: 1, choices: ["replay", "discard", "remove"] },
  details: [
    "",
    "LAG is the age of the oldest event that a group has not read or not finished; ACTIVE are consumers that asked within",
    "the last minute, of those that Redis knows. `replay` gives dead letters to their own group once more: all of them, a",
    "group's, or one. `discard` has the group give them up for good: what they say never takes effect there. `remove` takes a",
    "group off its streams that no release runs any more. Fields of --json: infra/events/report.ts. Ends with 0 whatever it",
    "shows.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    ...JSON_FLAG,
    group: { type: "string", value: "NAME", help: "with replay and discard: dead letters of this group only; with remove: the group" },
    id: { type: "string", value: "ID", help: "with replay and discard: this dead letter only" },
    reason: { type: "string", value: "TEXT", help: "with discard: why, for the group's log" },
    yes: { type: "boolean", short: "y", help: "with discard: do not ask" },
  },
  run: events,
};
