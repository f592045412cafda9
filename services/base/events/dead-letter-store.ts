import { createHash } from "node:crypto";
import type { Database, Transaction } from "../postgres/database.ts";
import type { Delivery } from "./delivery.ts";

/** Fields of an entry among the dead letters. */
export type Letter = Readonly<Record<string, string>>;

/**
 * What a group knows a dead letter by: the event; or the content of what is no event at all, which a replay puts into
 * another entry and which is the same letter there.
 */
export function keyOfLetter(delivery: Delivery, eventId: string | undefined): string {
  return eventId ?? `${delivery.stream} ${createHash("sha256").update(delivery.text).digest("hex")}`;
}

/** Writes a dead letter down where no loss of Redis reaches it. One that is buried again takes the place of the former. */
export async function keepLetter(database: Database, group: string, key: string, letter: Letter): Promise<void> {
  await database.query(
    `INSERT INTO dead_letters (group_name, event_key, letter) VALUES ($1, $2, $3::json)
     ON CONFLICT (group_name, event_key) DO UPDATE SET letter = excluded.letter, buried_at = clock_timestamp()`,
    // PostgreSQL has no NUL in its texts, and what was no envelope may have any.
    [group, key, JSON.stringify(letter).replaceAll("\\u0000", "\\ufffd")],
  );
}

/** Forgets the dead letters of events that took effect now, after a replay. */
export async function forgetLetters(tx: Transaction, group: string, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length > 0) await tx.query("DELETE FROM dead_letters WHERE group_name = $1 AND event_key = ANY ($2::text[])", [group, eventIds]);
}

/**
 * Forgets a dead letter that nobody wants any more. Where it is an event, it counts as handled from now on, so that it does
 * not come back when the relay publishes again what Redis has lost.
 */
export async function discardLetter(database: Database, group: string, key: string, eventId: string | undefined): Promise<void> {
  await database.transaction(async (tx) => {
    if (eventId !== undefined) await tx.query("INSERT INTO inbox (event_id, group_name) VALUES ($1::uuid, $2) ON CONFLICT DO NOTHING", [eventId, group]);
    await forgetLetters(tx, group, [key]);
  });
}

/** The newest dead letters of a group, oldest first. */
export async function lettersOf(database: Database, group: string, count: number): Promise<readonly Letter[]> {
  const rows = await database.query<{ letter: Letter }>(
    "SELECT letter FROM dead_letters WHERE group_name = $1 ORDER BY buried_at DESC LIMIT $2",
    [group, count],
  );
  return rows.map(({ letter }) => letter).reverse();
}
