import { Decimal } from "decimal.js";
import type { Transaction } from "../base/postgres/database.ts";
import type { Counter } from "./xp-rules.ts";

/** Where a player stands. */
export interface PlayerProgress {
  readonly xp: number;
  readonly level: number;
}

/** One gain of points. */
export interface Award {
  /** XP rule, or `achievement:<id>`. */
  readonly reason: string;
  readonly xp: number;
}

/** Creates the player, or gives the one that an earlier event has created its name. */
export async function registerPlayer(tx: Transaction, userId: number, username: string): Promise<void> {
  await tx.query(
    `INSERT INTO players (user_id, username) VALUES ($1, $2)
     ON CONFLICT (user_id) DO UPDATE SET username = excluded.username`,
    [userId, username],
  );
}

const inTurn = new WeakSet<Transaction>();

/**
 * Lets transactions that give points run one after the other. A transaction handles many events in the order in which
 * they came, so that two of different groups would lock the same players in different orders.
 */
async function takeTurn(tx: Transaction): Promise<void> {
  if (inTurn.has(tx)) return;
  await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('gamification.progress', 0))");
  inTurn.add(tx);
}

/**
 * Where a player stands; nobody else gives points until the transaction ends. Creates one that is not there: streams
 * are not in order among each other, and a trade may arrive before its player's registration.
 */
export async function holdPlayer(tx: Transaction, userId: number): Promise<PlayerProgress> {
  await takeTurn(tx);
  const [row] = await tx.query<{ xp: string; level: number }>("SELECT xp, level FROM players WHERE user_id = $1", [
    userId,
  ]);
  if (row !== undefined) return { xp: Number(row.xp), level: row.level };
  await tx.query("INSERT INTO players (user_id) VALUES ($1) ON CONFLICT (user_id) DO NOTHING", [userId]);
  return { xp: 0, level: 1 };
}

export async function saveProgress(tx: Transaction, userId: number, progress: PlayerProgress): Promise<void> {
  await tx.query("UPDATE players SET xp = $2, level = $3 WHERE user_id = $1", [userId, progress.xp, progress.level]);
}

/** How often a reason gave points in the 24 hours of a day that begins at `dayStart` (`YYYY-MM-DD`, UTC). */
export async function awardsOfDay(tx: Transaction, userId: number, reason: string, dayStart: string): Promise<number> {
  const [row] = await tx.query<{ times: string }>(
    `SELECT count(*) AS times FROM xp_awards
     WHERE user_id = $1 AND reason = $2
       AND awarded_at >= $3::date::timestamp AT TIME ZONE 'UTC'
       AND awarded_at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'`,
    [userId, reason, dayStart],
  );
  return Number(row?.times ?? 0);
}

export async function recordAwards(
  tx: Transaction,
  userId: number,
  awards: readonly Award[],
  source: { readonly eventId: string; readonly occurredAt: string },
): Promise<void> {
  await tx.query(
    `INSERT INTO xp_awards (user_id, source_event, awarded_at, reason, xp)
     SELECT $1, $2, $3, reason, xp FROM unnest($4::text[], $5::integer[]) AS award (reason, xp)`,
    [userId, source.eventId, source.occurredAt, awards.map(({ reason }) => reason), awards.map(({ xp }) => xp)],
  );
}

/** Raises counters and returns their new values. */
export async function raiseCounters(
  tx: Transaction,
  userId: number,
  by: ReadonlyMap<Counter, Decimal>,
): Promise<ReadonlyMap<Counter, Decimal>> {
  const rows = await tx.query<{ counter: Counter; value: string }>(
    `INSERT INTO player_counters AS mine (user_id, counter, value)
     SELECT $1, counter, value FROM unnest($2::text[], $3::numeric[]) AS raised (counter, value)
     ON CONFLICT (user_id, counter) DO UPDATE SET value = mine.value + excluded.value
     RETURNING counter, value`,
    [userId, [...by.keys()], [...by.values()].map((value) => value.toFixed())],
  );
  return new Map(rows.map(({ counter, value }) => [counter, new Decimal(value)]));
}

/** Unlocks achievements; returns the ids of those that the player did not have. */
export async function unlockAchievements(
  tx: Transaction,
  userId: number,
  ids: readonly string[],
  unlockedAt: string,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx.query<{ achievement: string }>(
    `INSERT INTO unlocked_achievements (user_id, achievement, unlocked_at)
     SELECT $1, achievement, $3 FROM unnest($2::text[]) AS met (achievement)
     ON CONFLICT DO NOTHING
     RETURNING achievement`,
    [userId, ids, unlockedAt],
  );
  return new Set(rows.map(({ achievement }) => achievement));
}
