import type { CommandLine } from "../host/runtime.ts";
import { UserError } from "../host/user-error.ts";
import { outputOf } from "./stream-command.ts";

const SNAPSHOT_DEADLINE_MS = 600_000;
/** Redis ends a snapshot that it sends while it makes it with a mark, which is no part of it. */
const MARK_BYTES = 40;

/** A Redis that can be backed up. */
export interface RedisSource {
  /** What runs a command where its programs and its password file are. */
  inside(command: readonly string[]): CommandLine;
}

/** The password reaches the program by its environment: in an argument list others would see it. */
const withPassword = (command: string): readonly string[] => ["bash", "-c", `REDISCLI_AUTH="$(< /run/secrets/redis)" exec ${command}`];

/** Passes a snapshot on without the mark behind its end. @throws UserError when it is no snapshot. */
export async function* withoutMark(snapshot: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let tail = Buffer.alloc(0);
  let begun = false;
  for await (const chunk of snapshot) {
    const all = Buffer.concat([tail, chunk]);
    const ready = Math.max(0, all.length - MARK_BYTES);
    if (ready > 0) {
      if (!begun && !all.subarray(0, 5).equals(Buffer.from("REDIS"))) throw new UserError("Redis sent something that is no snapshot.");
      begun = true;
      yield all.subarray(0, ready);
    }
    tail = all.subarray(ready);
  }
  if (!begun) throw new UserError("Redis sent no snapshot.");
  if (!/^[0-9a-f]{40}$/.test(tail.toString("latin1"))) yield tail;
}

/** Everything that Redis holds at one moment after this call, as an RDB file. */
export function redisSnapshot({ inside }: RedisSource): AsyncIterable<Uint8Array> {
  return withoutMark(outputOf(inside(withPassword("redis-cli --rdb -")), "redis-cli --rdb", SNAPSHOT_DEADLINE_MS));
}

/** Version of the running Redis. */
export async function redisVersion({ inside }: RedisSource): Promise<string> {
  let text = "";
  for await (const chunk of outputOf(inside(withPassword("redis-cli INFO server")), "redis-cli", SNAPSHOT_DEADLINE_MS)) text += Buffer.from(chunk).toString();
  return /^redis_version:(\S+)/m.exec(text)?.[1] ?? "unknown";
}
