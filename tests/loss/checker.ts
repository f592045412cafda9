import type pg from "pg";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../../services/base/clock.ts";
import { catalogue } from "../../services/base/events/catalogue/catalogue.ts";
import { tradeExecuted } from "../../services/base/events/catalogue/trading.ts";
import type { EventEnvelope } from "../../services/base/events/envelope.ts";
import { Subscription } from "../../services/base/events/subscription.ts";
import { groupsOf } from "../support/service-groups.ts";
import type { Answers } from "./operations.ts";
import type { LossPlatform } from "./platform.ts";

const SCHEMAS = { user: "users", trading: "trading", gamification: "gamification", social: "social", financial: "financial", nft: "nft" } as const;
const nobody = { publish: () => Promise.reject(new Error("nothing is published here")) };

const groups = Object.entries(SCHEMAS).flatMap(([service, schema]) =>
  groupsOf(service, nobody).map((group) => ({ name: group.name, schema, subscription: new Subscription(group, catalogue) })),
);

/** What is wrong; an empty list is what has to come out. */
export interface Verdict {
  /** Events in the outboxes that could be read. */
  readonly events: number;
  /** Events that took effect in each group. */
  readonly effects: Readonly<Record<string, number>>;
  readonly deadLetters: { readonly expected: number; readonly found: number };
  /** Sum of the ledger's entries by currency. */
  readonly ledger: readonly string[];
  readonly faults: readonly string[];
}

async function column(client: pg.Client, sql: string): Promise<string[]> {
  const { rows } = await client.query<{ value: string }>(sql);
  return rows.map(({ value }) => value);
}

function compare(what: string, expected: ReadonlySet<string>, found: ReadonlySet<string>): string[] {
  const missing = [...expected].filter((one) => !found.has(one));
  const extra = [...found].filter((one) => !expected.has(one));
  return [
    ...(missing.length > 0 ? [`${what}: ${missing.length} missing, ${missing[0]} first`] : []),
    ...(extra.length > 0 ? [`${what}: ${extra.length} that should not be, ${extra[0]} first`] : []),
  ];
}

/** Which group has to have which committed event. */
async function expectedDeliveries(client: pg.Client, planted: ReadonlySet<string>): Promise<{ readonly events: number; readonly pairs: ReadonlySet<string>; readonly letters: ReadonlySet<string> }> {
  const pairs = new Set<string>();
  const letters = new Set<string>();
  let events = 0;
  for (const schema of Object.values(SCHEMAS)) {
    const { rows } = await client.query<{ envelope: EventEnvelope }>(`SELECT envelope FROM ${schema}.outbox`);
    for (const { envelope } of rows) {
      if (planted.has(envelope.id)) continue;
      events += 1;
      for (const group of groups) if (group.subscription.handlersOf(envelope).length > 0) pairs.add(`${group.name} ${envelope.id}`);
    }
  }
  const wantTrades = groups.filter((group) => group.subscription.wants(tradeExecuted.type));
  for (const id of planted) for (const { name } of wantTrades) letters.add(`${name} ${id}`);
  return { events, pairs, letters };
}

/** Every effect of a trade, counted where it took place; each line must be empty. */
const EFFECTS: Readonly<Record<string, string>> = {
  "ledger: one fee for each trade":
    "SELECT o.event_id::text AS value FROM trading.outbox o LEFT JOIN financial.ledger_transactions t ON t.kind = 'trade-fee' AND t.reference = o.event_id::text WHERE o.type = 'trading.trade.executed' AND o.envelope->'producer'->>'version' <> 'planted' GROUP BY 1 HAVING count(t.id) <> 1",
  "ledger: no fee without a trade":
    "SELECT t.reference AS value FROM financial.ledger_transactions t LEFT JOIN trading.outbox o ON o.event_id::text = t.reference WHERE t.kind = 'trade-fee' AND o.event_id IS NULL",
  "ledger: the sum of each currency is zero":
    "SELECT currency || ' ' || sum(amount) AS value FROM financial.ledger_entries GROUP BY currency HAVING sum(amount) <> 0",
  "feed: one entry for each trade":
    "SELECT o.event_id::text AS value FROM trading.outbox o LEFT JOIN social.entries e ON e.id = o.event_id WHERE o.type = 'trading.trade.executed' AND o.envelope->'producer'->>'version' <> 'planted' GROUP BY 1 HAVING count(e.id) <> 1",
  "feed: no entry without a trade":
    "SELECT e.id::text AS value FROM social.entries e LEFT JOIN trading.outbox o ON o.event_id = e.id WHERE e.type = 'trade' AND o.event_id IS NULL",
  "points: one award for each trade":
    "SELECT o.event_id::text AS value FROM trading.outbox o LEFT JOIN gamification.xp_awards a ON a.source_event = o.event_id AND a.reason = 'trade-executed' WHERE o.type = 'trading.trade.executed' AND o.envelope->'producer'->>'version' <> 'planted' GROUP BY 1 HAVING count(a.xp) <> 1",
  "points: players have what they were awarded":
    "SELECT p.user_id || ' has ' || p.xp AS value FROM gamification.players p WHERE p.xp <> coalesce((SELECT sum(xp) FROM gamification.xp_awards a WHERE a.user_id = p.user_id), 0)",
  "leaderboard: as many points as were awarded":
    "SELECT 'leaderboard' AS value WHERE (SELECT coalesce(sum(xp), 0) FROM gamification.leaderboard_scores WHERE period = 'all') <> (SELECT coalesce(sum(xp), 0) FROM gamification.xp_awards)",
  "profiles: as many trades as there are":
    "SELECT 'activity' AS value WHERE (SELECT coalesce(sum(trades_executed), 0) FROM users.activity) <> (SELECT count(*) FROM trading.trades WHERE effect = 'open')",
  "profiles: as many posts as there are":
    "SELECT 'activity' AS value WHERE (SELECT coalesce(sum(posts_created), 0) FROM users.activity) <> (SELECT count(*) FROM social.entries WHERE type = 'post')",
  "cohorts: as many trades as there are":
    "SELECT 'cohorts' AS value WHERE (SELECT coalesce(sum(trades), 0) FROM financial.cohort_members) <> (SELECT count(*) FROM trading.trades WHERE effect = 'open')",
  "KPIs: as many trades as there are":
    "SELECT 'kpis' AS value WHERE (SELECT coalesce(sum(value), 0) FROM financial.kpi_minutes WHERE metric = 'trades') <> (SELECT count(*) FROM trading.trades WHERE effect = 'open')",
};

/** Time between two looks at everything. */
const LOOK_EVERY_MS = 1_000;

/** Compares what the platform promised with what it holds. Waits until nothing is missing, or the time is over. */
export async function check(platform: LossPlatform, done: Answers, withinMs: number, tell: (line: string) => void): Promise<Verdict> {
  const planted = new Set(done.planted);
  return await platform.query("astra_admin", async (client) => {
    for (const endMs = systemClock.now() + withinMs; ; ) {
      const verdict = await judge(client, done, planted);
      if (verdict.faults.length === 0 || systemClock.now() > endMs) return verdict;
      tell(`not at rest yet: ${verdict.faults[0]}`);
      await delay(LOOK_EVERY_MS);
    }
  });
}

async function judge(client: pg.Client, done: Answers, planted: ReadonlySet<string>): Promise<Verdict> {
  const expected = await expectedDeliveries(client, planted);
  const inbox = new Set<string>();
  const letters = new Set<string>();
  for (const schema of Object.values(SCHEMAS)) {
    for (const pair of await column(client, `SELECT group_name || ' ' || event_id AS value FROM ${schema}.inbox`)) inbox.add(pair);
    for (const pair of await column(client, `SELECT group_name || ' ' || event_key AS value FROM ${schema}.dead_letters`)) letters.add(pair);
  }
  const trades = new Set(await column(client, "SELECT id::text AS value FROM trading.trades WHERE effect = 'open'"));
  const told = new Set(await column(client, `SELECT envelope->'data'->>'tradeId' AS value FROM trading.outbox WHERE type = '${tradeExecuted.type}' AND envelope->'data'->>'tradeId' IS NOT NULL`));
  const posts = new Set(await column(client, "SELECT id::text AS value FROM social.entries WHERE type = 'post'"));
  const users = new Set(await column(client, "SELECT id::text AS value FROM users.accounts WHERE username LIKE 'loss-%'"));
  const written = trades.size + posts.size + users.size;
  const promised = done.trades.length + done.posts.length + done.users.length;
  const faults = [
    ...compare("events handled by their groups", expected.pairs, inbox),
    ...compare("dead letters", expected.letters, letters),
    ...compare("trades with their event", trades, told),
    ...done.trades.filter((id) => !trades.has(id)).map((id) => `acknowledged trade ${id} is not there`),
    ...done.posts.filter((id) => !posts.has(id)).map((id) => `acknowledged post ${id} is not there`),
    ...done.users.filter((id) => !users.has(String(id))).map((id) => `acknowledged user ${id} is not there`),
    ...(written <= promised + done.unknown ? [] : [`${written} writes, but only ${promised} acknowledged and ${done.unknown} without an answer`]),
    ...(new Set(done.trades).size === done.trades.length ? [] : ["two operations were answered with the same trade"]),
  ];
  for (const [what, sql] of Object.entries(EFFECTS)) {
    const wrong = await column(client, sql);
    if (wrong.length > 0) faults.push(`${what}: ${wrong.length} times not so, ${wrong[0]} first`);
  }
  const effects = Object.fromEntries(groups.map(({ name }) => [name, 0]));
  for (const pair of inbox) {
    const name = pair.slice(0, pair.indexOf(" "));
    effects[name] = (effects[name] ?? 0) + 1;
  }
  return {
    events: expected.events,
    effects,
    deadLetters: { expected: expected.letters.size, found: letters.size },
    ledger: await column(client, "SELECT sum(amount) || ' ' || currency || ' in ' || count(*) || ' entries' AS value FROM financial.ledger_entries GROUP BY currency"),
    faults,
  };
}
