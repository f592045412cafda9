import { Decimal } from "decimal.js";
import type { Transaction } from "../base/postgres/database.ts";
import type { Measure } from "./condition.ts";
import { capKey, type Progress } from "./progress.ts";
import { longestStreaks, markActiveDays, type PlayerDay } from "./store-streaks.ts";

/** A gain of points as it is stored. */
export interface AwardRow {
  readonly userId: number;
  readonly reason: string;
  readonly xp: number;
  readonly eventId: string;
  readonly awardedAt: string;
}

export interface UnlockRow {
  readonly userId: number;
  readonly achievement: string;
  readonly unlockedAt: string;
}

/**
 * Locks players until the transaction ends and tells where they stand; creates those that are not there: streams are not
 * in order among each other, and a trade may arrive before its player's registration. Always in the order of their ids,
 * so that two transactions with the same players wait for each other and never deadlock.
 */
async function lockPlayers(tx: Transaction, userIds: readonly number[]): Promise<Map<number, Progress>> {
  // An older release gives points under this lock alone: it and we exclude each other, we and we do not.
  await tx.query("SELECT pg_advisory_xact_lock_shared(hashtextextended('gamification.progress', 0))");
  // Only of those who are not there: looking for conflicts with the others took ten times as long as locking them.
  await tx.query(
    `INSERT INTO players (user_id) SELECT id FROM unnest($1::bigint[]) AS id
      WHERE NOT EXISTS (SELECT FROM players WHERE user_id = id) ORDER BY id ON CONFLICT DO NOTHING`,
    [userIds],
  );
  const rows = await tx.query<{ user_id: string; xp: string; level: number }>(
    "SELECT user_id, xp, level FROM players WHERE user_id = ANY ($1::bigint[]) ORDER BY user_id FOR NO KEY UPDATE",
    [userIds],
  );
  return new Map(
    rows.map(({ user_id, xp, level }) => [
      Number(user_id),
      { xp: Number(xp), level, measures: new Map<Measure, Decimal>(), unlocked: new Set<string>(), timesOnDay: new Map<string, number>() },
    ]),
  );
}

/** Where players stand, locked until the transaction ends; the days on which they did something now count for their streaks. */
export async function holdPlayers(
  tx: Transaction,
  days: readonly PlayerDay[],
  cappedRules: readonly string[],
): Promise<ReadonlyMap<number, Progress>> {
  const userIds = [...new Set(days.map(({ userId }) => userId))];
  const players = await lockPlayers(tx, userIds);
  const counters = await tx.query<{ user_id: string; counter: Measure; value: string }>(
    "SELECT user_id, counter, value FROM player_counters WHERE user_id = ANY ($1::bigint[])",
    [userIds],
  );
  for (const { user_id, counter, value } of counters) players.get(Number(user_id))?.measures.set(counter, new Decimal(value));
  const unlocked = await tx.query<{ user_id: string; achievement: string }>(
    "SELECT user_id, achievement FROM unlocked_achievements WHERE user_id = ANY ($1::bigint[])",
    [userIds],
  );
  for (const { user_id, achievement } of unlocked) players.get(Number(user_id))?.unlocked.add(achievement);
  if (cappedRules.length > 0) await countAwardsOfDays(tx, players, days, cappedRules);
  const grown = await markActiveDays(tx, days);
  for (const [userId, streak] of await longestStreaks(tx, grown)) players.get(userId)?.measures.set("streak", new Decimal(streak));
  return players;
}

/** How often rules that are capped gave points on the days in question. */
async function countAwardsOfDays(
  tx: Transaction,
  players: ReadonlyMap<number, Progress>,
  days: readonly PlayerDay[],
  rules: readonly string[],
): Promise<void> {
  const rows = await tx.query<{ user_id: string; reason: string; day: string; times: string }>(
    `SELECT awards.user_id, reason, wanted.day::text AS day, count(*) AS times
       FROM (SELECT DISTINCT * FROM unnest($1::bigint[], $2::date[]) AS pair (user_id, day)) AS wanted
       JOIN xp_awards AS awards ON awards.user_id = wanted.user_id AND reason = ANY ($3::text[])
        AND awarded_at >= wanted.day::timestamp AT TIME ZONE 'UTC'
        AND awarded_at < (wanted.day + 1)::timestamp AT TIME ZONE 'UTC'
      GROUP BY 1, 2, 3`,
    [days.map(({ userId }) => userId), days.map(({ day }) => day), rules],
  );
  for (const { user_id, reason, day, times } of rows) players.get(Number(user_id))?.timesOnDay.set(capKey(reason, day), Number(times));
}

/** Stores where players stand now, and what they were given. */
export async function savePlayers(
  tx: Transaction,
  players: ReadonlyMap<number, Progress>,
  given: { readonly awards: readonly AwardRow[]; readonly unlocked: readonly UnlockRow[] },
): Promise<void> {
  const standing = [...players];
  await tx.query(
    `UPDATE players SET xp = now.xp, level = now.level
       FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS now (user_id, xp, level) WHERE players.user_id = now.user_id`,
    [standing.map(([id]) => id), standing.map(([, { xp }]) => xp), standing.map(([, { level }]) => level)],
  );
  // The level stands on the player itself.
  const counters = standing.flatMap(([userId, { measures }]) =>
    [...measures].flatMap(([counter, value]) => (counter === "level" ? [] : [{ userId, counter, value: value.toFixed() }])),
  );
  await tx.query(
    `INSERT INTO player_counters (user_id, counter, value)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::numeric[])
     ON CONFLICT (user_id, counter) DO UPDATE SET value = excluded.value WHERE player_counters.value <> excluded.value`,
    [counters.map(({ userId }) => userId), counters.map(({ counter }) => counter), counters.map(({ value }) => value)],
  );
  await insertAwards(tx, given.awards);
  await insertUnlocked(tx, given.unlocked);
}

async function insertAwards(tx: Transaction, awards: readonly AwardRow[]): Promise<void> {
  if (awards.length === 0) return;
  await tx.query(
    `INSERT INTO xp_awards (user_id, reason, xp, source_event, awarded_at)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::integer[], $4::uuid[], $5::timestamptz[])`,
    [
      awards.map(({ userId }) => userId),
      awards.map(({ reason }) => reason),
      awards.map(({ xp }) => xp),
      awards.map(({ eventId }) => eventId),
      awards.map(({ awardedAt }) => awardedAt),
    ],
  );
}

async function insertUnlocked(tx: Transaction, unlocked: readonly UnlockRow[]): Promise<void> {
  if (unlocked.length === 0) return;
  await tx.query(
    `INSERT INTO unlocked_achievements (user_id, achievement, unlocked_at)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[])`,
    [
      unlocked.map(({ userId }) => userId),
      unlocked.map(({ achievement }) => achievement),
      unlocked.map(({ unlockedAt }) => unlockedAt),
    ],
  );
}
