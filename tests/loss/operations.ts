import { setTimeout as delay } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import { tradeExecuted } from "../../services/base/events/catalogue/trading.ts";
import type { LossPlatform, ServiceName } from "./platform.ts";
import type { SeededRandom } from "./random.ts";

/** What was promised: the platform answered that it is done. */
export interface Acknowledged {
  readonly trades: string[];
  readonly posts: string[];
  /** Ids of events that no group can read. */
  readonly planted: string[];
}

/** The demo user: it may trade as often as it likes. */
const TRADER = "123";
const TRIES = 40;
const PATIENCE_MS = 5_000;

/** The n-th operation: every fourth a post, the others trades; one in `plantEvery` plants an event that cannot be read. */
export async function operate(platform: LossPlatform, n: number, random: SeededRandom, done: Acknowledged, plantEvery: number): Promise<void> {
  if (n % plantEvery === 0) {
    done.planted.push(await plant(platform));
  } else if (n % 4 === 0) {
    // A post has no key by which it could be repeated: one that is not acknowledged may or may not exist.
    const answer = await send(platform, "social", "/posts", { text: `operation ${n}` }, {});
    const post = answer?.["post"] as { id: string } | undefined;
    if (post !== undefined) done.posts.push(post.id);
  } else {
    const order = { asset_symbol: "BTC/USD", direction: random.pick(["LONG", "SHORT"]), amount: `${random.between(10, 90)}.00` };
    for (let turn = 0; turn < TRIES; turn += 1) {
      const answer = await send(platform, "trading", "/execute", order, { "idempotency-key": `operation-${n}` });
      const trade = answer?.["trade"] as { id: string } | undefined;
      if (trade !== undefined) {
        done.trades.push(trade.id);
        return;
      }
      await delay(100);
    }
  }
}

/** The body of an answer that says yes; absent for any other answer, or none. */
async function send(platform: LossPlatform, service: ServiceName, path: string, body: object, headers: Record<string, string>): Promise<Record<string, unknown> | undefined> {
  try {
    const response = await fetch(platform.url(service, path), {
      method: "POST",
      headers: { "content-type": "application/json", "x-user-id": TRADER, ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    return response.status === 201 ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Puts an event with data that nobody agreed on into trading's outbox. */
async function plant(platform: LossPlatform): Promise<string> {
  for (;;) {
    const id = uuidv7();
    const envelope = {
      id, type: tradeExecuted.type, version: tradeExecuted.version, aggregateId: id, occurredAt: new Date().toISOString(),
      correlationId: id, producer: { service: "trading", colour: "blue", version: "planted" }, data: { planted: true },
    };
    try {
      await platform.query("astra_admin", async (admin) => {
        await admin.query("INSERT INTO trading.outbox (event_id, type, aggregate_id, envelope) VALUES ($1, $2, $3, $4)", [
          id, envelope.type, id, JSON.stringify(envelope),
        ]);
      });
      return id;
    } catch {
      // Whether it went in is not known yet.
      if (await isThere(platform, id)) return id;
    }
  }
}

async function isThere(platform: LossPlatform, id: string): Promise<boolean> {
  for (;;) {
    try {
      return await platform.query("astra_admin", async (admin) => (await admin.query("SELECT 1 FROM trading.outbox WHERE event_id = $1", [id])).rows.length > 0);
    } catch {
      await delay(200);
    }
  }
}
