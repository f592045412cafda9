import type { Redis } from "ioredis";
import { RedisScript } from "../redis/script.ts";
import { createGroup } from "./group-streams.ts";
import { EVENT_FIELD } from "./keys.ts";
import type { StreamId } from "./stream-id.ts";
import type { GroupPosition } from "./trim.ts";

/** What came of an attempt to add events. */
export type AddResult =
  | { readonly added: readonly StreamId[] }
  /** The entry that must be there is not: Redis lost data, and nothing was added. */
  | { readonly lost: true; readonly lastGenerated: StreamId | undefined };

/**
 * Adds ARGV[2..] to the stream, if the entry ARGV[1] ("" for any) is still in it. In one step, so that no event goes
 * into a stream that has just lost others. Answers {0, last generated id or ""} or {1, id, id ...}.
 */
const ADD = new RedisScript(`
if ARGV[1] ~= "" and #redis.call("XRANGE", KEYS[1], ARGV[1], ARGV[1]) == 0 then
  if redis.call("EXISTS", KEYS[1]) == 0 then return {0, ""} end
  local info = redis.call("XINFO", "STREAM", KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == "last-generated-id" then return {0, info[i + 1]} end
  end
end
local ids = {1}
for i = 2, #ARGV do
  ids[i] = redis.call("XADD", KEYS[1], "*", "${EVENT_FIELD}", ARGV[i])
end
return ids`);

/** What the relay does with its domain's stream. */
export class StreamWriter {
  readonly #redis: Redis;
  readonly #stream: string;

  constructor(redis: Redis, stream: string) {
    this.#redis = redis;
    this.#stream = stream;
  }

  /** Adds events in order, provided that the entry `expected` is there (absent: whatever is there). */
  async add(expected: StreamId | undefined, envelopes: readonly string[]): Promise<AddResult> {
    const reply = (await ADD.run(this.#redis, [this.#stream], [expected ?? "", ...envelopes])) as [number, ...string[]];
    const [done, ...ids] = reply;
    if (done === 1) return { added: ids };
    return { lost: true, lastGenerated: ids[0] === "" ? undefined : ids[0] };
  }

  /** Where every group of the stream stands. */
  async groups(): Promise<GroupPosition[]> {
    const exists = await this.#redis.exists(this.#stream);
    if (exists === 0) return [];
    const infos = (await this.#redis.xinfo("GROUPS", this.#stream)) as (string | number)[][];
    return Promise.all(infos.map(async (info) => {
      const value = (key: string): string => String(info[info.indexOf(key) + 1]);
      const name = value("name");
      const pending = value("pending") === "0" ? undefined : ((await this.#redis.xpending(this.#stream, name)) as [number, StreamId | null]);
      return { name, lastDelivered: value("last-delivered-id"), oldestPending: pending?.[1] ?? undefined };
    }));
  }

  /** Makes groups that a loss of data took away, before anybody can take the stream for read. */
  async restoreGroups(names: readonly string[]): Promise<void> {
    for (const name of names) await createGroup(this.#redis, this.#stream, name);
  }

  /** Drops entries below `bound`, as far as whole nodes go, once the stream has more than `keep` entries. */
  async trim(bound: StreamId, keep: number): Promise<void> {
    if ((await this.#redis.xlen(this.#stream)) > keep) await this.#redis.xtrim(this.#stream, "MINID", "~", bound);
  }
}
