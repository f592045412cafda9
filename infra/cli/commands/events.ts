import type { Redis } from "ioredis";
import { replayDeadLetter } from "../../../services/base/events/dead-letters.ts";
import { CONSUMER_GROUPS } from "../../../services/base/metrics-contract/events.ts";
import { withRedis } from "../../engine/traffic.ts";
import { allLetters, askStreams, redisTimeMs } from "../../events/ask.ts";
import { planRemoval } from "../../events/remove.ts";
import { planReplay } from "../../events/replay.ts";
import { eventsReport, type EventsReport } from "../../events/report.ts";
import { eventsScreen } from "../../events/screen.ts";
import { UserError } from "../../host/user-error.ts";
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

async function replay(redis: Redis, invocation: Invocation): Promise<Answer> {
  const wish = { group: invocation.text("group"), id: invocation.text("id") };
  // All of them before the first is replayed: one that fails again would come round without end.
  const { letters, unreadGroups } = planReplay(await allLetters(redis), wish, CONSUMER_GROUPS);
  const counts = new Map<string, number>();
  for (const letter of letters)
    if ((await replayDeadLetter(redis, letter)) !== undefined) counts.set(letter.group, (counts.get(letter.group) ?? 0) + 1);
  const replayed = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return {
    json: { replayed, groups: Object.fromEntries(counts), unreadGroups },
    lines: [
      replayed === 0 ? "There was nothing to replay." : `Replayed ${replayed}: ${[...counts].map(([group, count]) => `${group} ${count}`).join(", ")}.`,
      ...(unreadGroups.length === 0 ? [] : [`Left where they are, since no group of this release reads them: ${unreadGroups.join(", ")}.`]),
    ],
  };
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
  if (id !== undefined && word !== "replay") throw new UsageError("--id goes with `./astra events replay`.");
  if (id !== undefined && !/^\d+-\d+$/.test(id)) throw new UsageError(`--id takes the id of a dead letter as \`./astra events\` shows it, for example 1700000000000-0, not "${id}".`);
  if (word === "replay") return async (redis) => await replay(redis, invocation);
  if (word === "remove") {
    if (group === undefined) throw new UsageError("Which group? ./astra events remove --group NAME");
    return async (redis, environment) => await remove(redis, group, environment);
  }
  if (group !== undefined) throw new UsageError("--group goes with `./astra events replay` or `./astra events remove`.");
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
  summary: "Show how far each consumer group is, and its dead letters; replay them.",
  words: { help: "[replay|remove]", max: 1, choices: ["replay", "remove"] },
  details: [
    "",
    "LAG is the age of the oldest event that a group has not read or not finished; ACTIVE are consumers that asked within",
    "the last minute, of those that Redis knows. `replay` gives dead letters to their own group once more: all of them, a",
    "group's, or one. `remove` takes a group off its streams that no release runs any more. Fields of --json:",
    "infra/events/report.ts. Ends with 0 whatever it shows.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    ...JSON_FLAG,
    group: { type: "string", value: "NAME", help: "with replay: dead letters of this group only; with remove: the group" },
    id: { type: "string", value: "ID", help: "with replay: this dead letter only" },
  },
  run: events,
};
