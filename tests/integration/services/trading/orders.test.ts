import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { subscriptionRenewed, subscriptionStarted } from "../../../../services/base/events/catalogue/financial.ts";
import { tradeExecuted } from "../../../../services/base/events/catalogue/trading.ts";
import { userRegistered } from "../../../../services/base/events/catalogue/user.ts";
import { tradingService } from "../../../../services/trading/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { FixedFeed } from "./fixed-feed.ts";

interface Executed {
  readonly trade: { readonly id: string; readonly positionId: string; readonly price: string; readonly quantity: string };
  readonly account: { readonly balance: string };
}

interface Refusal {
  readonly code: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

interface Account {
  readonly balance: string;
  readonly margin: string;
  readonly exposure: string;
  readonly openPositions: number;
}

const feed = new FixedFeed();
let domain: DomainService;
let users = 2000;

beforeAll(async () => {
  domain = await startDomainService(tradingService({ feed }));
});

afterAll(async () => {
  await domain.stop();
});

afterEach(() => {
  feed.price = "100";
  feed.ageMs = 0;
});

/** Somebody who has just registered and has an account. */
async function newUser(): Promise<number> {
  users += 1;
  await domain.handled("trading.accounts", await domain.emit(userRegistered, { userId: users, username: `user${users}` }));
  return users;
}

const order = (change: Record<string, unknown> = {}) => ({ asset_symbol: "BTC/USD", direction: "LONG", amount: 1000, ...change });

const execute = <T = Executed>(as: number, change: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  domain.call<T>("POST", "/execute", { as, body: order(change), headers });

const accountOf = async (as: number): Promise<Account> => (await domain.call<Account>("GET", "/account", { as })).body;

const tradesOf = async (userId: number): Promise<number> =>
  (await domain.published(tradeExecuted)).filter(({ data }) => data.userId === userId).length;

describe("R-SVC-1 entitlements", () => {
  const subscribe = async (userId: number, plan: string, endsInMs: number): Promise<void> => {
    const expiresAt = new Date(Date.now() + endsInMs).toISOString();
    const event = await domain.emit(subscriptionStarted, { subscriptionId: `sub-${userId}-${plan}`, userId, plan, price: "9.99", expiresAt });
    await domain.handled("trading.entitlements", event);
  };
  const limitsOf = async (as: number) =>
    (await domain.call<{ tier: string; limits: { maxOrder: string } }>("GET", "/account", { as })).body;

  it("raise the limits while a plan runs, and fall back by themselves when it has ended", async () => {
    const [player, late] = [await newUser(), await newUser()];
    expect(await limitsOf(player)).toMatchObject({ tier: "standard", limits: { maxOrder: "250000.00" } });
    await subscribe(player, "pro", 3_600_000);
    await subscribe(late, "pro", -1_000);
    expect(await limitsOf(player)).toMatchObject({ tier: "pro", limits: { maxOrder: "5000000.00" } });
    expect((await execute<Refusal>(late, { amount: 300_000, leverage: 10 })).body).toMatchObject({ code: "order-out-of-bounds" });
    expect((await execute(player, { amount: 300_000, leverage: 10 })).status).toBe(201);
    expect(await limitsOf(late)).toMatchObject({ tier: "standard" });
  });

  it("go on with a renewal, which is told as an event of its own", async () => {
    const player = await newUser();
    await subscribe(player, "pro", -1_000);
    expect(await limitsOf(player)).toMatchObject({ tier: "standard" });
    const renewal = { subscriptionId: `sub-${player}-pro`, userId: player, plan: "pro", price: "29.99", currency: "USD", period: 2 };
    const event = await domain.emit(subscriptionRenewed, { ...renewal, expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    await domain.handled("trading.entitlements", event);
    expect(await limitsOf(player)).toMatchObject({ tier: "pro" });
  });

  it("keep the plan that ends later, in whatever order the two are told", async () => {
    const player = await newUser();
    await subscribe(player, "pro", 7_200_000);
    await subscribe(player, "plus", 3_600_000);
    expect(await limitsOf(player)).toMatchObject({ tier: "pro" });
  });
});

describe("R-SVC-1 trading accounts", () => {
  it("are opened with 100000.00 for everybody who registers, R-EVT-3 once however often that is told", async () => {
    const event = await domain.emit(userRegistered, { userId: 1999, username: "twice" });
    await domain.handled("trading.accounts", event);
    await execute(1999);
    await domain.emitAgain(event);
    await domain.handled("trading.accounts", await domain.emit(userRegistered, { userId: 1998, username: "next" }));
    expect((await accountOf(1999)).balance).toBe("98999.00");
    expect(await accountOf(1998)).toMatchObject({ balance: "100000.00", exposure: "0.00", openPositions: 0 });
  });

  it("let the demo user trade before any event has come", async () => {
    const answer = await domain.call<Executed>("POST", "/execute", { body: order({ user_id: 123 }) });
    expect(answer.status).toBe(201);
  });

  it("R-SVC-4 are not made for a bare user id that nobody has registered", async () => {
    const { status, body } = await domain.call<Refusal>("POST", "/execute", { body: order({ user_id: 987654 }) });
    expect([status, body.code, body.errors?.[0]?.path]).toEqual([404, "account-not-found", "/body/user_id"]);
  });
});

describe("R-SVC-1 POST /execute", () => {
  it("opens a position at the feed's price with spread and fee, all amounts as strings", async () => {
    const userId = await newUser();
    const { status, body } = await execute(userId, { amount: "1000.00", leverage: 4 });
    expect(status).toBe(201);
    expect(body).toEqual({
      trade: {
        id: expect.any(String),
        positionId: expect.any(String),
        userId,
        symbol: "BTC/USD",
        direction: "LONG",
        leverage: 4,
        amount: "1000.00",
        price: "100.02",
        quantity: "9.99800039",
        margin: "250.00",
        fee: "1.00",
        executedAt: expect.any(String),
      },
      account: { balance: "99749.00", currency: "USD" },
    });
    expect(await accountOf(userId)).toMatchObject({ balance: "99749.00", margin: "250.00", exposure: "1000.00", openPositions: 1 });
  });

  it("sells at the bid for a SHORT", async () => {
    expect((await execute(await newUser(), { direction: "SHORT" })).body.trade.price).toBe("99.98");
  });

  it("R-EVT-1 tells the other domains under the request's correlation id", async () => {
    const userId = await newUser();
    const { body } = await execute(userId, {}, { "x-correlation-id": "trade-of-the-test" });
    const [event] = (await domain.published(tradeExecuted)).filter(({ data }) => data.userId === userId);
    expect(event).toMatchObject({
      correlationId: "trade-of-the-test",
      aggregateId: body.trade.positionId,
      data: { tradeId: body.trade.id, positionId: body.trade.positionId, amount: "1000.00", price: "100.02", quantity: "9.99800039", fee: "1.00" },
    });
  });

  it("lets nobody trade for another user", async () => {
    const [one, other] = [await newUser(), await newUser()];
    const { status, body } = await execute<Refusal>(one, { user_id: other });
    expect([status, body.errors?.[0]?.path]).toEqual([403, "/body/user_id"]);
    expect((await accountOf(other)).openPositions).toBe(0);
  });

  it("asks who it is", async () => {
    expect((await domain.call("POST", "/execute", { body: order() })).status).toBe(401);
  });

  it.each([
    ["a body without anything", {}, ["/body/amount", "/body/asset_symbol", "/body/direction"]],
    ["a direction that is none", order({ direction: "UP" }), ["/body/direction"]],
    ["an amount that is none", order({ amount: "a lot" }), ["/body/amount"]],
    ["an amount that JSON cannot carry exactly", order({ amount: 1e300 }), ["/body/amount"]],
    ["a leverage of 11", order({ leverage: 11 }), ["/body/leverage"]],
    ["a leverage of 1.5", order({ leverage: 1.5 }), ["/body/leverage"]],
    ["an unknown field", order({ price: 1 }), ["/body/price"]],
    ["a user id that is none", order({ user_id: "123" }), ["/body/user_id"]],
  ])("R-SVC-4 refuses %s and names the field", async (_what, body, paths) => {
    const answer = await domain.call<Refusal>("POST", "/execute", { as: 123, body });
    expect(answer.status).toBe(400);
    expect([...new Set(answer.body.errors?.map((error) => error.path))].sort()).toEqual(paths);
  });

  it.each([
    ["an unknown symbol", { asset_symbol: "GOLD/USD" }, "unknown-symbol", "/body/asset_symbol"],
    ["a negative amount", { amount: -5 }, "order-out-of-bounds", "/body/amount"],
    ["a fraction of a cent", { amount: "10.001" }, "order-out-of-bounds", "/body/amount"],
    ["more than the largest order", { amount: "250000.01" }, "order-out-of-bounds", "/body/amount"],
    ["more than the balance", { amount: "100000" }, "insufficient-balance", "/body/amount"],
  ])("R-SVC-4 refuses %s, names the field and stores nothing", async (_what, change, code, path) => {
    const userId = await newUser();
    const { status, body } = await execute<Refusal>(userId, change);
    expect([status, body.code, body.errors?.[0]?.path]).toEqual([422, code, path]);
    expect(await accountOf(userId)).toMatchObject({ balance: "100000.00", openPositions: 0 });
    expect(await tradesOf(userId)).toBe(0);
  });

  it("refuses an order while the price is too old or there is none", async () => {
    const userId = await newUser();
    feed.ageMs = 60_000;
    expect(await execute<Refusal>(userId)).toMatchObject({ status: 503, body: { code: "price-stale" } });
    feed.price = null;
    const answer = await execute<Refusal>(userId);
    expect(answer).toMatchObject({ status: 503, body: { code: "price-unavailable" } });
    expect(answer.headers.get("retry-after")).toBe("5");
    expect((await accountOf(userId)).openPositions).toBe(0);
  });

  it("never spends more than there is, however many orders come at once", async () => {
    const userId = await newUser();
    const answers = await Promise.all(Array.from({ length: 10 }, () => execute(userId, { amount: 30_000 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 422, 422, 422, 422, 422, 422, 422]);
    expect(await accountOf(userId)).toMatchObject({ balance: "9910.00", margin: "90000.00", openPositions: 3 });
    expect(await tradesOf(userId)).toBe(3);
  });
});

describe("R-SVC-1 Idempotency-Key", () => {
  const key = (value: string) => ({ "idempotency-key": value });

  it("makes a repeated order the same order", async () => {
    const userId = await newUser();
    const first = await execute(userId, {}, key("order-1"));
    const second = await execute(userId, {}, key("order-1"));
    expect([second.status, second.body, second.headers.get("idempotency-replayed")]).toEqual([201, first.body, "true"]);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(await tradesOf(userId)).toBe(1);
  });

  it("holds for requests at the same time", async () => {
    const userId = await newUser();
    const answers = await Promise.all(Array.from({ length: 5 }, () => execute(userId, {}, key("order-2"))));
    expect(new Set(answers.map(({ body }) => body.trade.id)).size).toBe(1);
    expect((await accountOf(userId)).openPositions).toBe(1);
  });

  it("answers again also while there is no price", async () => {
    const userId = await newUser();
    const first = await execute(userId, {}, key("order-3"));
    feed.price = null;
    expect((await execute(userId, {}, key("order-3"))).body).toEqual(first.body);
  });

  it("R-SVC-4 is refused for another order", async () => {
    const userId = await newUser();
    await execute(userId, {}, key("order-4"));
    const { status, body } = await execute<Refusal>(userId, { amount: 2000 }, key("order-4"));
    expect([status, body.code, body.errors?.[0]?.path]).toEqual([422, "idempotency-key-reused", "/headers/idempotency-key"]);
  });

  it("is one user's own", async () => {
    const [one, other] = [await newUser(), await newUser()];
    const first = await execute(one, {}, key("order-5"));
    expect((await execute(other, {}, key("order-5"))).body.trade.id).not.toBe(first.body.trade.id);
  });

  it("may be used again after a refusal", async () => {
    const userId = await newUser();
    feed.price = null;
    await execute(userId, {}, key("order-6"));
    feed.price = "100";
    expect((await execute(userId, { amount: 200_000 }, key("order-6"))).status).toBe(422);
    expect((await execute(userId, {}, key("order-6"))).status).toBe(201);
  });
});
