import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type pg from "pg";
import { askStreams, redisTimeMs } from "../../infra/events/ask.ts";
import { eventsReport } from "../../infra/events/report.ts";
import { tradeExecuted } from "../../services/base/events/catalogue/trading.ts";
import { Subscription } from "../../services/base/events/subscription.ts";
import { CONSUMER_GROUPS } from "../../services/base/metrics-contract/events.ts";
import { domainServices } from "../../services/catalogue.ts";
import { groupsOf } from "../../tests/support/service-groups.ts";

interface Stores {
  readonly admin: pg.Client;
  readonly redis: Redis;
}

/** Domains with an outbox: each has a schema. */
const SCHEMAS = domainServices.flatMap(({ schema }) => (schema === undefined ? [] : [schema]));
const LOOK_MS = 500;

/** What has not had its effect yet. */
export interface Outstanding {
  /** Events in outboxes that are not on the bus. */
  readonly unsent: number;
  /** Age of the oldest event that some group has not finished, seconds. */
  readonly lagSeconds: number;
  /** Deliveries that groups have not finished, where Redis can tell. */
  readonly unfinished: number;
}

/** How far relays and consumers are behind. */
export async function outstanding({ admin, redis }: Stores): Promise<Outstanding> {
  const counts = SCHEMAS.map((schema) => `(SELECT count(*) FROM ${schema}.outbox WHERE sent_at IS NULL)`).join(" + ");
  const [{ rows }, streams, nowMs] = await Promise.all([admin.query<{ unsent: string }>(`SELECT ${counts} AS unsent`), askStreams(redis), redisTimeMs(redis)]);
  const { groups } = eventsReport({ environment: "", catalogue: CONSUMER_GROUPS, streams, letters: [], nowMs, removalOf: () => "" });
  return {
    unsent: Number(rows[0]?.unsent ?? 0),
    lagSeconds: Math.max(0, ...groups.map((group) => group.lagSeconds)),
    unfinished: groups.reduce((sum, { pending, unread }) => sum + pending + (unread ?? 1), 0),
  };
}

/** Waits until every event has had all its effects, those of effects' own events too. How long it took, seconds. */
export async function untilDrained(stores: Stores, withinSeconds: number): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const { unsent, unfinished } = await outstanding(stores);
    const took = (performance.now() - startedAt) / 1000;
    if (unsent + unfinished === 0) return took;
    if (took > withinSeconds) throw new Error(`effects are still to come after ${withinSeconds} s: ${unsent} events unsent, ${unfinished} deliveries unfinished`);
    await sleep(LOOK_MS);
  }
}

/** Schema and name of each group that a trade is for. */
function groupsOfTrade(): readonly { readonly schema: string; readonly group: string }[] {
  const nobody = { publish: () => Promise.reject(new Error("nothing is published here")) };
  return domainServices.flatMap(({ name, schema }) =>
    schema === undefined
      ? []
      : groupsOf(name, nobody)
          .filter((group) => new Subscription(group).wants(tradeExecuted.type))
          .map((group) => ({ schema, group: group.name })),
  );
}

/**
 * What is wrong after all effects came: an acknowledged order that is not stored, a trade without one of its effects or with
 * too many, a ledger that does not sum to 0. Of orders that failed, some may be stored all the same.
 */
export async function findWrong(admin: pg.Client, sent: number, acknowledged: number): Promise<readonly string[]> {
  const count = async (sql: string, params: unknown[] = []): Promise<number> => Number((await admin.query<{ n: string }>(sql, params)).rows[0]?.n ?? 0);
  const wrong: string[] = [];
  const trades = await count("SELECT count(*) AS n FROM trading.trades WHERE effect = 'open'");
  if (trades < acknowledged || trades > sent) wrong.push(`${sent} orders were sent, ${acknowledged} acknowledged, and ${trades} trades are stored`);
  for (const { schema, group } of groupsOfTrade()) {
    const sql = `SELECT count(*) AS n FROM ${schema}.inbox i JOIN trading.outbox o USING (event_id) WHERE o.type = $1 AND i.group_name = $2`;
    const handled = await count(sql, [tradeExecuted.type, group]);
    if (handled !== trades) wrong.push(`${group} has handled ${handled} of ${trades} trades`);
  }
  const counted = await count("SELECT coalesce(sum(value), 0) AS n FROM gamification.player_counters WHERE counter = 'trades'");
  if (counted !== trades) wrong.push(`players' profiles count ${counted} of ${trades} trades`);
  const { rows } = await admin.query<{ currency: string; sum: string }>("SELECT currency, sum(amount) AS sum FROM financial.ledger_entries GROUP BY currency HAVING sum(amount) <> 0");
  for (const { currency, sum } of rows) wrong.push(`the ledger sums to ${sum} ${currency}`);
  return wrong;
}
