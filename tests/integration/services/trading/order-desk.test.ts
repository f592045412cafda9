import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tradeExecuted } from "../../../../services/base/events/catalogue/trading.ts";
import { userRegistered } from "../../../../services/base/events/catalogue/user.ts";
import { tradingService } from "../../../../services/trading/service.ts";
import { type Answer, type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { FixedFeed } from "./fixed-feed.ts";

interface Body {
  readonly code?: string;
  readonly trade: { readonly id: string; readonly positionId: string };
}

let domain: DomainService;
/** A session that gets in the way, and one that looks on. */
let other: pg.Client;
let watcher: pg.Client;
let users = 5000;

beforeAll(async () => {
  domain = await startDomainService(tradingService({ feed: new FixedFeed() }));
  other = await domain.connect("trading_owner");
  watcher = await domain.connect("trading_app");
});

afterAll(async () => {
  await domain.stop();
});

async function newUsers(count: number): Promise<readonly number[]> {
  const ids = Array.from({ length: count }, () => (users += 1));
  const events = await Promise.all(ids.map((userId) => domain.emit(userRegistered, { userId, username: `user${userId}` })));
  await Promise.all(events.map((event) => domain.handled("trading.accounts", event)));
  return ids;
}

const execute = (as: number, change: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Answer<Body>> =>
  domain.call<Body>("POST", "/execute", { as, body: { asset_symbol: "BTC/USD", direction: "LONG", amount: 1000, ...change }, headers });

/** Backends that wait for a lock. */
async function waiting(): Promise<readonly number[]> {
  const { rows } = await other.query<{ pid: number }>(
    "SELECT pid FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
  );
  return rows.map(({ pid }) => pid);
}

async function isHeld(): Promise<boolean> {
  const { rows } = await watcher.query("SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'accounts'::regclass AND granted");
  return rows.length > 0;
}

/** Runs `meanwhile` while nobody gets at the accounts and one order at least waits for them. */
async function whileHeld<T>(meanwhile: (waiting: readonly number[]) => Promise<T>): Promise<T> {
  await other.query("BEGIN; LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE");
  try {
    return await meanwhile(await waitFor("an order at the lock", async () => ((await waiting()).length > 0 ? waiting() : undefined)));
  } finally {
    await other.query("ROLLBACK");
  }
}

/** Begins orders while the one of `first` is held up, so that they come into the next batch. */
async function together(first: number, begin: () => readonly Promise<Answer<Body>>[]): Promise<readonly Answer<Body>[]> {
  const held = whileHeld(async () => {
    const orders = begin();
    // Time for all of them to come in: nothing tells from outside that they have.
    await new Promise((resolve) => setTimeout(resolve, 300));
    return orders;
  });
  await waitFor("the lock", async () => ((await isHeld()) ? true : undefined));
  const ahead = execute(first);
  const orders = await held;
  await ahead;
  return Promise.all(orders);
}

/** Transactions by which these users' positions came. */
async function transactionsOf(userIds: readonly number[]): Promise<readonly string[]> {
  const { rows } = await other.query<{ xmin: string }>("SELECT DISTINCT xmin::text FROM positions WHERE user_id = ANY($1::bigint[])", [userIds]);
  return rows.map(({ xmin }) => xmin);
}

async function accountOf(userId: number): Promise<{ readonly balance: string; readonly open_positions: number }> {
  const { rows } = await other.query<{ balance: string; open_positions: number }>("SELECT balance, open_positions FROM accounts WHERE user_id = $1", [userId]);
  const [row] = rows;
  if (row === undefined) throw new Error(`user ${userId} has no account`);
  return row;
}

describe("R-SVC-1 orders that come together", () => {
  it("are one transaction, and each is admitted or refused for itself", async () => {
    const [first = 0, one = 0, two = 0, poor = 0, stranger = 0] = [...(await newUsers(4)), 900_000];
    const answers = await together(first, () => [
      execute(one),
      execute(poor, { amount: 200_000 }),
      execute(two, { amount: "20.00", direction: "SHORT" }),
      execute(stranger),
    ]);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [201, undefined],
      [422, "insufficient-balance"],
      [201, undefined],
      [404, "account-not-found"],
    ]);
    expect(await transactionsOf([one, two])).toHaveLength(1);
    expect(await transactionsOf([first, one])).toHaveLength(2);
    expect(await accountOf(one)).toEqual({ balance: "98999.00", open_positions: 1 });
    expect(await accountOf(two)).toEqual({ balance: "99979.98", open_positions: 1 });
    expect(await accountOf(poor)).toEqual({ balance: "100000.00", open_positions: 0 });
  });

  it("R-EVT-1 are told under their own correlation ids", async () => {
    const ids = await newUsers(3);
    const [first = 0, ...others] = ids;
    const answers = await together(first, () => others.map((id) => execute(id, {}, { "x-correlation-id": `order-of-${id}` })));
    const published = await domain.published(tradeExecuted);
    for (const [at, id] of others.entries()) {
      const events = published.filter(({ data }) => data.userId === id);
      expect(events).toMatchObject([{ correlationId: `order-of-${id}`, data: { tradeId: answers[at]?.body.trade.id } }]);
    }
  });

  it("are done once for one idempotency key, whether it is used in one batch or two", async () => {
    const [first = 0, one = 0, two = 0] = await newUsers(3);
    const key = { "idempotency-key": "together-1" };
    const before = await execute(one, {}, key);
    const [again, fresh, repeated] = await together(first, () => [execute(one, {}, key), execute(two, {}, key), execute(two, {}, key)]);
    expect([again?.body, again?.headers.get("idempotency-replayed")]).toEqual([before.body, "true"]);
    expect([repeated?.body, repeated?.headers.get("idempotency-replayed")]).toEqual([fresh?.body, "true"]);
    expect(fresh?.headers.get("idempotency-replayed")).toBeNull();
    expect((await accountOf(one)).open_positions + (await accountOf(two)).open_positions).toBe(2);
  });

  it("do not wait for one whose account somebody else holds", async () => {
    const [held = 0, free = 0] = await newUsers(2);
    await other.query("BEGIN");
    await other.query("SELECT FROM accounts WHERE user_id = $1 FOR UPDATE", [held]);
    let isDone = false;
    const late = execute(held).finally(() => (isDone = true));
    const soon = await execute(free);
    expect([soon.status, isDone]).toEqual([201, false]);
    await other.query("ROLLBACK");
    expect((await late).status).toBe(201);
    expect((await accountOf(held)).open_positions).toBe(1);
  });

  it("do not fail with one that the database refuses", async () => {
    const [first = 0, good = 0, bad = 0] = await newUsers(3);
    await other.query(`ALTER TABLE positions ADD CONSTRAINT planted CHECK (user_id <> ${bad})`);
    const answers = await together(first, () => [execute(good), execute(bad)]);
    await other.query("ALTER TABLE positions DROP CONSTRAINT planted");
    expect(answers.map(({ status }) => status)).toEqual([201, 500]);
    expect((await accountOf(good)).open_positions).toBe(1);
    expect((await accountOf(bad)).open_positions).toBe(0);
    expect((await execute(bad)).status).toBe(201);
  });

  it("R-SVC-3 are told that the database is away when their connection is cut, and are not done a second time", async () => {
    const ids = await newUsers(3);
    const held = whileHeld(([pid]) => watcher.query("SELECT pg_terminate_backend($1)", [pid]));
    await waitFor("the lock", async () => ((await isHeld()) ? true : undefined));
    const answers = await Promise.all(ids.map((id) => execute(id)));
    await held;
    expect(answers.map(({ body }) => body.code)).toContain("database-unavailable");
    const stored: number[] = [];
    for (const id of ids) stored.push((await accountOf(id)).open_positions);
    expect(stored).toEqual(answers.map(({ status }) => (status === 201 ? 1 : 0)));
  });
});
