import type { Redis } from "ioredis";
import { DEAD_LETTERS, DISCARD_FIELD, EVENT_FIELD, GROUP_FIELD } from "./keys.ts";
import { fieldsOf } from "./stream-entry.ts";
import type { StreamId } from "./stream-id.ts";

/** An event that a group could not handle, and why. */
export interface DeadLetter {
  /** Id among the dead letters: what a replay asks for. */
  readonly id: StreamId;
  readonly group: string;
  /** Where the event was. */
  readonly stream: string;
  /** The envelope as it stood there; may be no envelope at all, when that is what was wrong. */
  readonly event: string;
  /** Event type; empty when the envelope could not be read. */
  readonly type: string;
  readonly correlationId: string;
  readonly deliveries: number;
  readonly error: string;
  readonly stack: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Dead letters, oldest first, at most `count` of those after the id `after`. */
export async function listDeadLetters(redis: Redis, count = 100, after: StreamId = "0-0"): Promise<DeadLetter[]> {
  const entries = await redis.xrange(DEAD_LETTERS, `(${after}`, "+", "COUNT", count);
  return entries.map(([id, fields]) => {
    const { group = "", stream = "", event = "", type = "", correlationId = "", deliveries = "0", error = "", stack = "", at = "" } = fieldsOf(fields);
    return { id, group, stream, event, type, correlationId, deliveries: Number(deliveries), error, stack, at };
  });
}

/** Moves a dead letter back into its stream, for its own group only, with what else is given; both or neither. */
const MOVE = `
local found = redis.call("XRANGE", KEYS[1], ARGV[1], ARGV[1])
if #found == 0 then return false end
local letter = {}
for i = 1, #found[1][2], 2 do letter[found[1][2][i]] = found[1][2][i + 1] end
if letter["stream"] ~= KEYS[2] then return false end
local id = redis.call("XADD", KEYS[2], "*", "${EVENT_FIELD}", letter["event"], "${GROUP_FIELD}", letter["group"], unpack(ARGV, 2))
redis.call("XDEL", KEYS[1], ARGV[1])
return id`;

type LetterPlace = Pick<DeadLetter, "id" | "stream">;

async function move(redis: Redis, letter: LetterPlace, ...fields: readonly string[]): Promise<StreamId | undefined> {
  const id = await redis.eval(MOVE, 2, DEAD_LETTERS, letter.stream, letter.id, ...fields);
  return typeof id === "string" ? id : undefined;
}

/**
 * Gives a dead letter to its group once more, as if it had just been published; other groups pass it by. The group's
 * inbox has no record of it, so it takes effect if its handler succeeds now.
 *
 * @returns id of the new stream entry; absent when somebody else has replayed the letter
 */
export async function replayDeadLetter(redis: Redis, letter: LetterPlace): Promise<StreamId | undefined> {
  return await move(redis, letter);
}

/**
 * Has the group of a dead letter give it up for good: it forgets the letter, and the event never takes effect there. The
 * group does it itself, since the letter stands in its database as well, and logs the reason.
 *
 * @returns id of the new stream entry; absent when somebody else has replayed or discarded the letter
 */
export async function discardDeadLetter(redis: Redis, letter: LetterPlace, reason: string): Promise<StreamId | undefined> {
  return await move(redis, letter, DISCARD_FIELD, reason);
}
