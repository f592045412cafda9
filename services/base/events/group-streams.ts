import type { Redis } from "ioredis";
import type { Letter } from "./dead-letter-store.ts";
import type { Delivery } from "./delivery.ts";
import { DEAD_LETTERS, DISCARD_FIELD, EVENT_FIELD, GROUP_FIELD, MAX_DEAD_LETTERS } from "./keys.ts";
import { fieldOf, fieldsOf } from "./stream-entry.ts";
import { STREAM_START, streamIdTime, type StreamId } from "./stream-id.ts";

type Entry = readonly [id: StreamId, fields: readonly string[] | null];
type PendingRow = readonly [id: StreamId, consumer: string, idleMs: number, deliveries: number];

/** `XPENDING` without a range: how many, least id, greatest id, by consumer. */
type PendingSummary = readonly [number, StreamId | null, StreamId | null, readonly (readonly [name: string, count: string])[] | null];

const PAGE = 100;

function delivery(stream: string, [id, fields]: Entry, deliveries: number): Delivery {
  const text = fieldOf(fields ?? [], EVENT_FIELD) ?? "";
  const onlyGroup = fieldOf(fields ?? [], GROUP_FIELD);
  if (onlyGroup === undefined) return { stream, id, text, deliveries };
  const discard = fieldOf(fields ?? [], DISCARD_FIELD);
  return { stream, id, text, deliveries, onlyGroup, ...(discard === undefined ? {} : { discard }) };
}

/** Makes a group that reads the stream from its beginning, where it is not there. */
export async function createGroup(redis: Redis, stream: string, group: string): Promise<void> {
  await redis.xgroup("CREATE", stream, group, STREAM_START, "MKSTREAM").catch((error: unknown) => {
    if (!(error instanceof Error && error.message.startsWith("BUSYGROUP"))) throw error;
  });
}

/** What a consumer group does in Redis, as one of its consumers. */
export class GroupStreams {
  readonly #redis: Redis;
  readonly #group: string;
  readonly #consumer: string;
  readonly #streams: readonly string[];
  /** What is to be acknowledged, by stream. */
  readonly #done = new Map<string, StreamId[]>();

  constructor(redis: Redis, group: string, consumer: string, streams: readonly string[]) {
    this.#redis = redis;
    this.#group = group;
    this.#consumer = consumer;
    this.#streams = streams;
  }

  /** Makes the group in each of its streams, from the stream's beginning, where it is not there. */
  async create(): Promise<void> {
    for (const stream of this.#streams) await createGroup(this.#redis, stream, this.#group);
  }

  /**
   * Acknowledges what is done, and gives entries that no consumer of the group was given yet; waits up to `blockMs` for
   * the first. Both go in one message: with small batches the messages are what costs.
   *
   * An instance that was held up may have been given entries after another took over from it. Those come before whatever
   * is read later, so in this case everything that is pending is taken over, and given in place of what was read.
   */
  async readNew(count: number, blockMs: number): Promise<Delivery[]> {
    const ids = this.#streams.map(() => ">");
    const pipeline = this.#redis.pipeline();
    for (const [stream, done] of this.#takeDone()) pipeline.xack(stream, this.#group, ...done);
    pipeline.xreadgroup(
      "GROUP", this.#group, this.#consumer, "COUNT", count, "BLOCK", Math.max(1, Math.round(blockMs)), "STREAMS", ...this.#streams, ...ids,
    );
    for (const stream of this.#streams) pipeline.xpending(stream, this.#group);
    const replies = (await pipeline.exec()) ?? [];
    const failed = replies.find(([error]) => error !== null)?.[0];
    if (failed) throw failed;
    const reply = replies.at(-1 - this.#streams.length)?.[1] as [string, Entry[]][] | null | undefined;
    const pending = replies.slice(-this.#streams.length).map(([, summary]) => summary as PendingSummary);
    if (reply && pending.some(([, , , consumers]) => consumers?.some(([name]) => name !== this.#consumer))) return this.claimAll();
    return (reply ?? []).flatMap(([stream, entries]) => entries.map((entry) => delivery(stream, entry, 1)));
  }

  /** Everything that this consumer was given and has not acknowledged: after a restart, or an answer that was lost. */
  async readOwnPending(): Promise<Delivery[]> {
    const found: Delivery[] = [];
    for (const stream of this.#streams) {
      for (let from = "-"; ; ) {
        const rows = await this.#pending(stream, from, this.#consumer);
        found.push(...(await this.#fetch(stream, rows)));
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) break;
        from = `(${last[0]}`;
      }
    }
    return found;
  }

  /** Takes over everything that any consumer of the group was given and has not acknowledged. */
  async claimAll(): Promise<Delivery[]> {
    for (const stream of this.#streams) {
      for (let cursor: StreamId = STREAM_START; ; ) {
        const reply = await this.#redis.xautoclaim(stream, this.#group, this.#consumer, 0, cursor, "COUNT", PAGE, "JUSTID");
        cursor = (reply as [StreamId, unknown])[0];
        if (cursor === STREAM_START) break;
      }
    }
    return this.readOwnPending();
  }

  /** Takes over what a consumer has left lying for `minIdleMs`: it is dead, or as good as. At most 100 a stream. */
  async claimIdle(minIdleMs: number): Promise<Delivery[]> {
    const found: Delivery[] = [];
    for (const stream of this.#streams) {
      const reply = await this.#redis.xautoclaim(stream, this.#group, this.#consumer, minIdleMs, STREAM_START, "COUNT", PAGE);
      const entries = (reply as [StreamId, Entry[]])[1];
      const first = entries[0];
      if (first === undefined) continue;
      const rows = await this.#pending(stream, first[0], this.#consumer);
      const deliveries = new Map(rows.map((row) => [row[0], row[3]]));
      found.push(...entries.map((entry) => delivery(stream, entry, deliveries.get(entry[0]) ?? 1)));
    }
    return found;
  }

  /** Counts one more delivery of an own entry; false when it is not pending any more. */
  async redeliver(entry: Delivery): Promise<boolean> {
    const reply = await this.#redis.xclaim(entry.stream, this.#group, this.#consumer, 0, entry.id);
    return reply.length > 0;
  }

  /** Has entries acknowledged with the next `readNew` or `flush`, whichever is first. */
  acknowledge(entries: readonly Delivery[]): void {
    for (const { stream, id } of entries) {
      const ids = this.#done.get(stream);
      if (ids === undefined) this.#done.set(stream, [id]);
      else ids.push(id);
    }
  }

  /** Acknowledges now what is done. */
  async flush(): Promise<void> {
    await Promise.all(this.#takeDone().map(([stream, ids]) => this.#redis.xack(stream, this.#group, ...ids)));
  }

  /** Acknowledges nothing of what is done: Redis may be another one now. What is still pending there comes back. */
  forget(): void {
    this.#done.clear();
  }

  /** Puts a letter among the dead letters and acknowledges its entry, both or neither. */
  async bury(entry: Delivery, letter: Letter): Promise<void> {
    const replies = await this.#redis.multi()
      .xadd(DEAD_LETTERS, "MAXLEN", "~", MAX_DEAD_LETTERS, "*", ...Object.entries(letter).flat())
      .xack(entry.stream, this.#group, entry.id)
      .exec();
    const failed = replies?.find(([error]) => error !== null)?.[0];
    if (failed) throw failed;
  }

  /** Puts letters back that the stream of dead letters lacks, after Redis has lost data. */
  async restoreLetters(letters: readonly Letter[]): Promise<void> {
    if (letters.length === 0) return;
    const nameOf = (letter: Letter): string => `${letter["group"] ?? ""} ${letter["stream"] ?? ""} ${letter["id"] ?? ""}`;
    const entries = await this.#redis.xrange(DEAD_LETTERS, "-", "+");
    const present = new Set(entries.map(([, fields]) => nameOf(fieldsOf(fields))));
    for (const letter of letters) {
      if (present.has(nameOf(letter))) continue;
      await this.#redis.xadd(DEAD_LETTERS, "MAXLEN", "~", MAX_DEAD_LETTERS, "*", ...Object.entries(letter).flat());
    }
  }

  /** Age of the oldest entry that the group has not handled, by Redis' clock, ms; 0 when there is none. */
  async lagMs(): Promise<number> {
    const [seconds, micros] = await this.#redis.time();
    const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    const ages = await Promise.all(this.#streams.map(async (stream) => {
      const oldest = await this.#oldestUnhandled(stream);
      return oldest === undefined ? 0 : now - streamIdTime(oldest);
    }));
    return Math.max(0, ...ages);
  }

  async #oldestUnhandled(stream: string): Promise<StreamId | undefined> {
    const pending = (await this.#redis.xpending(stream, this.#group)) as [number, StreamId | null];
    if (pending[1] !== null) return pending[1];
    const groups = (await this.#redis.xinfo("GROUPS", stream)) as (string | number)[][];
    const mine = groups.find((info) => info[1] === this.#group);
    const delivered = mine?.[mine.indexOf("last-delivered-id") + 1];
    if (delivered === undefined) return undefined;
    const next = await this.#redis.xrange(stream, `(${delivered}`, "+", "COUNT", 1);
    return next[0]?.[0];
  }

  #takeDone(): readonly [string, StreamId[]][] {
    const done = [...this.#done];
    this.#done.clear();
    return done;
  }

  async #pending(stream: string, from: string, consumer: string): Promise<PendingRow[]> {
    return (await this.#redis.xpending(stream, this.#group, from, "+", PAGE, consumer)) as PendingRow[];
  }

  async #fetch(stream: string, rows: readonly PendingRow[]): Promise<Delivery[]> {
    const entries = await Promise.all(rows.map(([id]) => this.#redis.xrange(stream, id, id)));
    return rows.flatMap(([id, , , deliveries], index) => {
      const entry = entries[index]?.[0];
      const found = delivery(stream, [id, entry?.[1] ?? null], deliveries);
      if (entry !== undefined) return [found];
      // Redis has lost it in between: that is no event that cannot be read, and the relay sends it again.
      this.acknowledge([found]);
      return [];
    });
  }
}
