import { Decimal } from "decimal.js";
import type { Database } from "../../base/postgres/database.ts";
import type { KpiMetric } from "./contribution.ts";
import { HISTORY_MINUTES, type HistoryFacts, type MinuteAmount } from "./history.ts";
import { DAY_MINUTES, SHORT_MINUTES } from "./kpi.ts";

const MINUTE_MS = 60_000;

/** When the history's first point is: `HISTORY_MINUTES` before the end of the minute that is not over at `nowMs`. */
export function historyStartMs(nowMs: number): number {
  return (Math.floor(nowMs / MINUTE_MS) + 1 - HISTORY_MINUTES) * MINUTE_MS;
}

/** Reads what the last hour's KPIs are made from: two queries, of some hundred rows at most. */
export async function historyFacts(database: Database, nowMs: number): Promise<HistoryFacts> {
  const startMs = historyStartMs(nowMs);
  const [sums, users] = await Promise.all([readSums(database, startMs), readUsers(database, startMs, nowMs)]);
  return { ...sums, ...users };
}

interface MinuteRow {
  metric: KpiMetric;
  /** Absent in the row of the base. */
  index: number | null;
  amount: string;
}

async function readSums(database: Database, startMs: number): Promise<Pick<HistoryFacts, "base" | "minutes">> {
  const rows = await database.query<MinuteRow>(
    `WITH at AS (SELECT $1::timestamptz AS start, make_interval(mins => $2) AS day, make_interval(mins => $3) AS length,
                        make_interval(mins => $4) AS short)
     SELECT metric, NULL AS index, sum(value) AS amount
     FROM kpi_minutes, at WHERE minute >= start - day AND minute < start GROUP BY metric
     UNION ALL
     -- A minute ends at the point of its index.
     SELECT metric, least($5, extract(epoch FROM minute - start) / 60 + 1)::int AS index, sum(value)
     FROM kpi_minutes, at WHERE minute >= start - short OR (minute >= start - day AND minute < start - day + length)
     GROUP BY 1, 2`,
    [new Date(startMs), DAY_MINUTES, HISTORY_MINUTES, SHORT_MINUTES, HISTORY_MINUTES],
  );
  const base = new Map<KpiMetric, Decimal>();
  const minutes: MinuteAmount[] = [];
  for (const { metric, index, amount } of rows) {
    if (index === null) base.set(metric, new Decimal(amount));
    else minutes.push({ metric, index, amount: new Decimal(amount) });
  }
  return { base, minutes };
}

interface UserRow {
  /** Absent in the row of the whole hour. */
  point: number | null;
  change: string;
}

/**
 * A user whose activity lies in an hour's row is active from its first moment until a day after its last one. At the
 * start a user is therefore active until a day after the latest row that began by then, and again from the first row
 * that began later. The hours of a day are read for those alone who did something since the start.
 */
async function readUsers(database: Database, startMs: number, nowMs: number): Promise<Pick<HistoryFacts, "activeUsers" | "activeInHistory">> {
  const rows = await database.query<UserRow>(
    `WITH at AS (SELECT $1::timestamptz AS start, $2::timestamptz AS now, make_interval(mins => $3) AS day, make_interval(mins => $4) AS length),
     users AS (
       -- Who was last active by the start is so until a day later, and that is all there is to know.
       SELECT last_at + day AS until, NULL::timestamptz AS since, false AS in_history
       FROM active_users, at WHERE last_at > start - day AND last_at <= start
       UNION ALL
       SELECT max(h.last_at) FILTER (WHERE first_at <= start) + day,
         min(first_at) FILTER (WHERE first_at > start),
         coalesce(bool_or(h.last_at > start), false)
       FROM at, activity_hours h JOIN active_users u USING (user_id)
       WHERE u.last_at > start AND hour > start - day - interval '1 hour' AND h.last_at > start - day
       GROUP BY user_id, day
     ),
     points AS (
       SELECT in_history,
         CASE WHEN until IS NOT NULL THEN 0 END AS first,
         -- The last point is now, and not the end of its minute.
         CASE WHEN until <= now THEN least($5, ceil(extract(epoch FROM until - start) / 60))::int END AS gone,
         -- least() would take no moment for the last point.
         CASE WHEN since IS NOT NULL THEN least($5, ceil(extract(epoch FROM since - start) / 60))::int END AS back
       FROM users, at
     ),
     changes AS (
       SELECT first AS point, 1 AS change FROM points WHERE first IS NOT NULL
       UNION ALL SELECT gone, -1 FROM points WHERE gone IS NOT NULL AND (back IS NULL OR back > gone)
       UNION ALL SELECT back, 1 FROM points WHERE back IS NOT NULL AND (first IS NULL OR back > gone)
     )
     SELECT point, sum(change) AS change FROM changes GROUP BY point
     UNION ALL SELECT NULL, count(*) FROM points WHERE in_history`,
    [new Date(startMs), new Date(nowMs), DAY_MINUTES, HISTORY_MINUTES, HISTORY_MINUTES],
  );
  const changes = new Map(rows.map(({ point, change }) => [point ?? "history", Number(change)]));
  const activeUsers: number[] = [];
  for (let point = 0; point <= HISTORY_MINUTES; point += 1) activeUsers.push((activeUsers[point - 1] ?? 0) + (changes.get(point) ?? 0));
  return { activeUsers, activeInHistory: changes.get("history") ?? 0 };
}
