import type { Logger } from "pino";
import { traceSending } from "../tracing/event-spans.ts";
import { fail } from "../tracing/trace.ts";
import type { Tracing } from "../tracing/tracing.ts";
import type { EventMetrics } from "./event-metrics.ts";
import type { OutboxRow, OutboxStore, StreamRecord } from "./outbox-store.ts";
import { compareStreamIds, type StreamId } from "./stream-id.ts";
import type { StreamWriter } from "./stream-writer.ts";
import { trimBound } from "./trim.ts";

export interface RelaySessionOptions {
  readonly stream: string;
  readonly tracing: Tracing;
  readonly store: OutboxStore;
  readonly writer: StreamWriter;
  readonly metrics: EventMetrics;
  readonly log: Logger;
  /** Rows in one transaction. */
  readonly batch: number;
  /** Entries that a stream keeps whatever has been read. */
  readonly keepEntries: number;
}

/** The one active relay of a domain, for as long as its database connection lives. */
export class RelaySession {
  readonly #options: RelaySessionOptions;
  #record: StreamRecord;

  private constructor(options: RelaySessionOptions, record: StreamRecord) {
    this.#options = options;
    this.#record = record;
  }

  static async open(options: RelaySessionOptions): Promise<RelaySession> {
    return new RelaySession(options, await options.store.record());
  }

  /** Below this entry no group will want anything again. */
  get settledId(): StreamId {
    return this.#record.settledId;
  }

  /** Sends one batch of what is committed; returns how many there were. A row is marked only once Redis has it. */
  async publish(): Promise<number> {
    const { store, writer, metrics, batch, tracing, stream } = this.#options;
    const rows = await store.claim(batch);
    const recordings = traceSending(tracing, stream, rows);
    try {
      if (rows.length === 0) {
        await store.commit();
        return 0;
      }
      const result = await writer.add(this.#record.lastId, rows.map((row) => row.envelope));
      if ("lost" in result) {
        await store.rollback();
        await this.#publishAgain(result.lastGenerated);
        return rows.length;
      }
      await this.#markSent(rows, result.added);
      await store.commit();
    } catch (error) {
      for (const { span } of recordings) fail(span, error);
      await store.rollback().catch(() => undefined);
      throw error;
    } finally {
      for (const { span } of recordings) span.end();
    }
    metrics.published.inc(rows.length);
    return rows.length;
  }

  /** Notices when Redis has lost entries, and puts them back. */
  async checkStream(): Promise<void> {
    if (this.#record.lastId === undefined) return;
    const result = await this.#options.writer.add(this.#record.lastId, []);
    if ("lost" in result) await this.#publishAgain(result.lastGenerated);
  }

  /** Writes down how far all groups are, and trims what none needs. */
  async settle(): Promise<void> {
    const { store, writer, keepEntries } = this.#options;
    await this.checkStream();
    const { lastId } = this.#record;
    if (lastId === undefined) return;
    const positions = await writer.groups();
    const bound = trimBound(positions, lastId);
    if (bound === undefined) return;
    const groups = positions.map((position) => position.name).sort();
    if (compareStreamIds(bound, this.#record.settledId) > 0 || groups.join() !== this.#record.groups.join()) {
      await store.settle(bound, groups);
      this.#record = { ...this.#record, settledId: bound, groups };
    }
    await writer.trim(bound, keepEntries);
  }

  async #markSent(rows: readonly OutboxRow[], ids: readonly StreamId[]): Promise<void> {
    await this.#options.store.markSent(rows, ids);
    this.#record = { ...this.#record, lastId: ids.at(-1) };
  }

  /**
   * Sends again what the stream lacks. A stream whose last id is behind ours lost its end; from one that is gone, or
   * was made anew, everything is sent that some group may not have handled. Inboxes take care of what is sent twice.
   */
  async #publishAgain(lastGenerated: StreamId | undefined): Promise<void> {
    const { store, writer, metrics, log, batch } = this.#options;
    const { lastId = "0-0", settledId, groups } = this.#record;
    const from = lastGenerated !== undefined && compareStreamIds(lastGenerated, lastId) < 0 ? lastGenerated : settledId;
    log.warn({ lastId, lastGenerated, from }, "redis has lost events, sending them again");
    await writer.restoreGroups(groups);
    let sent = 0;
    let expected: StreamId | undefined;
    for (let after = "-1"; ; ) {
      const rows = await store.sentSince(from, after, batch);
      const last = rows.at(-1);
      if (last === undefined) break;
      const result = await writer.add(expected, rows.map((row) => row.envelope));
      // Lost once more meanwhile: from the beginning.
      if ("lost" in result) return this.#publishAgain(result.lastGenerated);
      await store.markSentAgain(rows, result.added);
      expected = result.added.at(-1);
      after = last.position;
      sent += rows.length;
      metrics.republished.inc(rows.length);
    }
    // Only now: a relay that dies before this line leaves a last id that is not in the stream, and the next one starts over.
    if (expected !== undefined) await store.setLast(expected);
    this.#record = { ...this.#record, lastId: expected };
    log.info({ events: sent }, `sent ${sent} events again`);
  }
}
