import type pg from "pg";
import { STREAM_START, type StreamId } from "./stream-id.ts";

/** An outbox row on its way to the stream. */
export interface OutboxRow {
  readonly position: string;
  readonly eventId: string;
  /** The envelope as JSON, byte for byte as it was written. */
  readonly envelope: string;
}

/** What PostgreSQL knows of the domain's stream; it outlives a loss of Redis. */
export interface StreamRecord {
  /** Entry that was sent last; absent before the first. */
  readonly lastId: StreamId | undefined;
  /** Below it every group has handled everything. */
  readonly settledId: StreamId;
  /** Groups that read the stream when it was last looked at. */
  readonly groups: readonly string[];
}

/** Order of stream ids in SQL: they are no plain text. */
const STREAM_ID = (value: string): string =>
  `(split_part(${value}, '-', 1)::bigint, split_part(${value}, '-', 2)::bigint)`;

const ROWS = 'position, event_id AS "eventId", envelope::text AS envelope';

/** Least UUIDv7 of a moment, so that the primary key finds rows by age. */
function uuidAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** SQL of the relay, on the connection that holds its lock. */
export class OutboxStore {
  readonly #client: pg.ClientBase;
  readonly #stream: string;

  constructor(client: pg.ClientBase, stream: string) {
    this.#client = client;
    this.#stream = stream;
  }

  /** True when this connection is the one relay of the domain, until the connection ends. */
  async tryLock(): Promise<boolean> {
    const { rows } = await this.#client.query<{ locked: boolean }>(
      "SELECT pg_try_advisory_lock(hashtextextended('astra:relay:' || current_schema(), 0)) AS locked",
    );
    return rows[0]?.locked ?? false;
  }

  /** Opens a transaction and locks rows that are not sent, in order; the caller has to end it. */
  async claim(limit: number): Promise<OutboxRow[]> {
    // One round trip. Not sent is what counts: a position watermark would pass by whatever commits late.
    const results = (await this.#client.query(
      `BEGIN; SELECT ${ROWS} FROM outbox WHERE sent_at IS NULL ORDER BY position LIMIT ${Math.floor(limit)} FOR UPDATE SKIP LOCKED`,
    )) as unknown as pg.QueryResult<OutboxRow>[];
    return results[1]?.rows ?? [];
  }

  async markSent(rows: readonly OutboxRow[], ids: readonly StreamId[]): Promise<void> {
    await this.#client.query(
      `WITH sent AS (
         UPDATE outbox SET sent_at = clock_timestamp(), stream_id = given.stream_id
         FROM unnest($1::uuid[], $2::text[]) AS given (event_id, stream_id) WHERE outbox.event_id = given.event_id)
       INSERT INTO event_stream (stream, last_id, settled_id) VALUES ($3, $4, '${STREAM_START}')
       ON CONFLICT (stream) DO UPDATE SET last_id = excluded.last_id`,
      [rows.map((row) => row.eventId), ids, this.#stream, ids.at(-1)],
    );
  }

  /** Notes the new entries of rows that were sent before; `setLast` completes it. */
  async markSentAgain(rows: readonly OutboxRow[], ids: readonly StreamId[]): Promise<void> {
    await this.#client.query(
      `UPDATE outbox SET stream_id = given.stream_id
       FROM unnest($1::uuid[], $2::text[]) AS given (event_id, stream_id) WHERE outbox.event_id = given.event_id`,
      [rows.map((row) => row.eventId), ids],
    );
  }

  async setLast(lastId: StreamId): Promise<void> {
    await this.#client.query("UPDATE event_stream SET last_id = $2 WHERE stream = $1", [this.#stream, lastId]);
  }

  async commit(): Promise<void> {
    await this.#client.query("COMMIT");
  }

  async rollback(): Promise<void> {
    await this.#client.query("ROLLBACK");
  }

  async record(): Promise<StreamRecord> {
    const { rows } = await this.#client.query<{ lastId: string; settledId: string; groups: string[] }>(
      'SELECT last_id AS "lastId", settled_id AS "settledId", groups FROM event_stream WHERE stream = $1',
      [this.#stream],
    );
    return rows[0] ?? { lastId: undefined, settledId: STREAM_START, groups: [] };
  }

  async settle(settledId: StreamId, groups: readonly string[]): Promise<void> {
    await this.#client.query("UPDATE event_stream SET settled_id = $2, groups = $3 WHERE stream = $1", [
      this.#stream, settledId, groups,
    ]);
  }

  /** Sent rows whose entry is `from` or later, by position; `after` is the last position of the page before. */
  async sentSince(from: StreamId, after: string, limit: number): Promise<OutboxRow[]> {
    const { rows } = await this.#client.query<OutboxRow>(
      `SELECT ${ROWS} FROM outbox
       WHERE sent_at IS NOT NULL AND position > $2 AND ${STREAM_ID("stream_id")} >= ${STREAM_ID("$1::text")}
       ORDER BY position LIMIT $3`,
      [from, after, limit],
    );
    return rows;
  }

  /** Number of rows that are not sent (counted up to 100,000) and the age of the oldest, s. */
  async backlog(): Promise<{ unsent: number; oldestAgeSeconds: number }> {
    const { rows } = await this.#client.query<{ unsent: string; age: string }>(
      `SELECT count(*) AS unsent, coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) AS age
       FROM (SELECT created_at FROM outbox WHERE sent_at IS NULL ORDER BY position LIMIT 100000) AS waiting`,
    );
    return { unsent: Number(rows[0]?.unsent ?? 0), oldestAgeSeconds: Math.max(0, Number(rows[0]?.age ?? 0)) };
  }

  /** Deletes some of what is older than the limits (ms since 1970) and what no group will want again. */
  async prune(outboxBefore: number, inboxBefore: number, settledId: StreamId): Promise<void> {
    await this.#client.query(
      `DELETE FROM outbox WHERE event_id IN (
         SELECT event_id FROM outbox WHERE event_id < $1 AND sent_at < to_timestamp($2 / 1000.0)
           AND ${STREAM_ID("stream_id")} < ${STREAM_ID("$3::text")} LIMIT 5000)`,
      [uuidAt(outboxBefore), outboxBefore, settledId],
    );
    await this.#client.query(
      `DELETE FROM inbox WHERE (event_id, group_name) IN (
         SELECT event_id, group_name FROM inbox WHERE event_id < $1 AND handled_at < to_timestamp($2 / 1000.0) LIMIT 5000)`,
      [uuidAt(inboxBefore), inboxBefore],
    );
  }
}
