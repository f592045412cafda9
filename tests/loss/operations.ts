import { setTimeout as delay } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import { tradeExecuted } from "../../services/base/events/catalogue/trading.ts";
import { waitFor } from "../support/wait-for.ts";
import type { LossPlatform, ServiceName } from "./platform.ts";
import type { SeededRandom } from "../../infra/simulate/random.ts";

/** What was promised: the platform answered that it is done. And what it said of the rest. */
export interface Answers {
  readonly trades: string[];
  readonly posts: string[];
  /** Ids of users that were registered. */
  readonly users: number[];
  /** Ids of events that no group can read. */
  readonly planted: string[];
  /** Operations that were refused, by what was said: they must not have any effect. */
  readonly refused: Map<string, number>;
  /** Operations without an answer, or with one that says nothing: they may have their effect or none. */
  unknown: number;
}

export function noAnswers(): Answers {
  return { trades: [], posts: [], users: [], planted: [], refused: new Map(), unknown: 0 };
}

/** The demo user: it may trade as often as it likes. */
const DEMO_USER = 123;
const TRIES = 40;
const PATIENCE_MS = 5_000;
/** Longest time that an event waits to be planted, while PostgreSQL comes back. */
const PLANT_MS = 120_000;

/**
 * The n-th operation: one in `plantEvery` plants an event that cannot be read, one in `plantEvery` registers a user; of
 * the others every fourth is a post and the rest are trades, of the demo user and those that were registered.
 */
export async function operate(platform: LossPlatform, n: number, random: SeededRandom, done: Answers, plantEvery: number): Promise<void> {
  const user = random.pick([DEMO_USER, ...done.users.slice(-20)]);
  if (n % plantEvery === 0) {
    done.planted.push(await plant(platform));
  } else if (n % plantEvery === 1) {
    // Like a post it has no key by which it could be repeated: one that is not acknowledged may or may not exist.
    const name = `loss-${n}`;
    const answer = await send(platform, "user", "/register", { username: name, email: `${name}@example.com`, password: `password of ${n}` });
    const registered = answer.body?.["user"] as { id: number } | undefined;
    if (registered === undefined) note(answer, done);
    else done.users.push(registered.id);
  } else if (n % 4 === 0) {
    const answer = await send(platform, "social", "/posts", { text: `operation ${n}` }, user);
    const post = answer.body?.["post"] as { id: string } | undefined;
    if (post === undefined) note(answer, done);
    else done.posts.push(post.id);
  } else {
    await trade(platform, n, random, user, done);
  }
}

/** Trades until there is an answer that says whether it happened: its key makes sure that it happens once. */
async function trade(platform: LossPlatform, n: number, random: SeededRandom, user: number, done: Answers): Promise<void> {
  const order = { asset_symbol: "BTC/USD", direction: random.pick(["LONG", "SHORT"]), amount: `${random.between(10, 90)}.00` };
  let answered = true;
  for (let turn = 0; turn < TRIES; turn += 1) {
    const answer = await send(platform, "trading", "/execute", order, user, { "idempotency-key": `operation-${n}` });
    const made = answer.body?.["trade"] as { id: string } | undefined;
    if (made !== undefined) {
      done.trades.push(made.id);
      return;
    }
    if (answer.refused !== undefined) {
      // After a try without an answer a refusal does not say that nothing has happened.
      note(answered ? answer : {}, done);
      return;
    }
    answered = false;
    await delay(100);
  }
  note({}, done);
}

interface Answer {
  /** Of an answer that says yes. */
  readonly body?: Record<string, unknown>;
  /** What the request is at fault for, and so nothing has happened. */
  readonly refused?: string;
}

function note({ refused }: Answer, done: Answers): void {
  if (refused === undefined) done.unknown += 1;
  else done.refused.set(refused, (done.refused.get(refused) ?? 0) + 1);
}

async function send(
  platform: LossPlatform, service: ServiceName, path: string, body: object, user?: number, headers: Record<string, string> = {},
): Promise<Answer> {
  try {
    const response = await fetch(platform.url(service, path), {
      method: "POST",
      headers: { "content-type": "application/json", ...(user === undefined ? {} : { "x-user-id": String(user) }), ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.status === 201) return { body: answer };
    // A key that is in use says that an earlier try is still at it, and limits that it may be tried later.
    const isRefused = response.status >= 400 && response.status < 500 && ![408, 409, 429].includes(response.status);
    return isRefused ? { refused: `${response.status} ${String(answer["code"])}` } : {};
  } catch {
    return {};
  }
}

/** Puts an event with data that nobody agreed on into trading's outbox: its id makes sure that it is there once. */
async function plant(platform: LossPlatform): Promise<string> {
  const id = uuidv7();
  const envelope = {
    id, type: tradeExecuted.type, version: tradeExecuted.version, aggregateId: id, occurredAt: new Date().toISOString(),
    correlationId: id, producer: { service: "trading", colour: "blue", version: "planted" }, data: { planted: true },
  };
  const insert = "INSERT INTO trading.outbox (event_id, type, aggregate_id, envelope) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
  await waitFor("a planted event", () =>
    platform.query("astra_admin", (admin) => admin.query(insert, [id, envelope.type, id, JSON.stringify(envelope)])), PLANT_MS);
  return id;
}
