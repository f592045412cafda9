import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subscriptionStarted } from "../../../../services/base/events/catalogue/financial.ts";
import { nftSold } from "../../../../services/base/events/catalogue/nft.ts";
import { postCreated } from "../../../../services/base/events/catalogue/social.ts";
import { positionClosed, tradeExecuted } from "../../../../services/base/events/catalogue/trading.ts";
import { userRegistered } from "../../../../services/base/events/catalogue/user.ts";
import { financial } from "../../../../services/financial/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { type Bearer, tokensFor } from "../../../support/tokens.ts";
import { waitFor } from "../../../support/wait-for.ts";

interface Income {
  readonly source: string;
  readonly currency: string;
  readonly amount: string;
}

interface Kpi {
  readonly name: string;
  readonly value: string;
  readonly ageSeconds: number;
  readonly previous: string;
}

let domain: DomainService;
let bearer: Bearer;
let app: pg.Client;

beforeAll(async () => {
  domain = await startDomainService(financial);
  bearer = await tokensFor(domain);
  app = await domain.connect("financial_app");
});

afterAll(async () => {
  await domain.stop();
});

const operator = () => bearer(1, "operator");

const trade = (userId: number, fee = "1.05", symbol = "BTC/USD") => ({
  tradeId: "t1",
  positionId: "p1",
  userId,
  symbol,
  direction: "LONG" as const,
  amount: "1000.00",
  price: "50000",
  quantity: "0.02",
  fee,
});

/** Lines of the ledger that came from one event or subscription. */
async function linesOf(reference: string): Promise<string[]> {
  const { rows } = await app.query<{ account: string; amount: string; currency: string }>(
    `SELECT account, trim_scale(amount) AS amount, currency FROM ledger_entries
     JOIN ledger_transactions ON id = transaction_id WHERE reference = $1 ORDER BY position`,
    [reference],
  );
  return rows.map(({ account, amount, currency }) => `${account} ${amount} ${currency}`);
}

async function kpis(): Promise<Record<string, string>> {
  const { body } = await domain.call<{ kpis: readonly Kpi[] }>("GET", "/kpis");
  return Object.fromEntries(body.kpis.map(({ name, value }) => [name, value]));
}

describe("R-SVC-1 financial", () => {
  it("R-EVT-1 posts a trade's fee to the ledger, and R-EVT-3 posts it once however often the event comes", async () => {
    const event = await domain.emit(tradeExecuted, trade(4001));
    await domain.emitAgain(event);
    const closed = await domain.emit(positionClosed, { ...trade(4001, "0.95"), profit: "-3" });
    await domain.handled("financial.trade-revenue", closed);
    expect(await linesOf(event.id)).toEqual(["trading-clearing 1.05 USD", "trading-fees -1.05 USD"]);
    expect(await linesOf(closed.id)).toEqual(["trading-clearing 0.95 USD", "trading-fees -0.95 USD"]);
  });

  it("posts nothing for a trade without a fee", async () => {
    const event = await domain.emit(tradeExecuted, trade(4002, "0.00"));
    await domain.handled("financial.trade-revenue", event);
    expect(await linesOf(event.id)).toEqual([]);
  });

  it("posts the commission of a sale", async () => {
    const sold = { listingId: "l1", tokenId: "n1", sellerId: 4003, buyerId: 4004, price: "20", commission: "0.5" };
    const event = await domain.emit(nftSold, sold);
    await domain.handled("financial.marketplace-revenue", event);
    expect(await linesOf(event.id)).toEqual(["marketplace-clearing 0.5 USD", "marketplace-commission -0.5 USD"]);
  });

  it("subscribes a user once, takes the payment and tells of it", async () => {
    const subscribe = () => domain.call<{ subscription: { id: string; price: string } }>("POST", "/subscriptions", { as: 4010, body: { plan: "plus" } });
    const answers = await Promise.all([subscribe(), subscribe(), subscribe()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const subscription = answers.find(({ status }) => status === 201)?.body.subscription;
    expect(subscription?.price).toBe("9.99");
    expect(await linesOf(subscription?.id ?? "")).toEqual(["payments-clearing 9.99 USD", "subscriptions -9.99 USD"]);
    const told = (await domain.published(subscriptionStarted)).filter(({ data }) => data.userId === 4010);
    expect(told.map(({ data }) => [data.subscriptionId, data.plan, data.price])).toEqual([[subscription?.id, "plus", "9.99"]]);

    const own = await domain.call<{ subscriptions: { id: string; status: string }[] }>("GET", "/subscriptions", { as: 4010 });
    expect(own.body.subscriptions.map(({ id, status }) => [id, status])).toEqual([[subscription?.id, "active"]]);
    expect((await domain.call("GET", "/subscriptions", { as: 4011 })).body).toEqual({ subscriptions: [] });
  });

  it("lets a user subscribe again when the time is over", async () => {
    await app.query(
      `INSERT INTO subscriptions VALUES (gen_random_uuid(), 4012, 'plus', 9.99, 'USD', 'active', now() - interval '31 days', now() - interval '1 day')`,
    );
    expect((await domain.call("POST", "/subscriptions", { as: 4012, body: { plan: "pro" } })).status).toBe(201);
    const own = await domain.call<{ subscriptions: { plan: string; status: string }[] }>("GET", "/subscriptions", { as: 4012 });
    expect(own.body.subscriptions.map(({ plan, status }) => [plan, status])).toEqual([["pro", "active"], ["plus", "expired"]]);
  });

  it("tells the revenue of the ledger by day and source", async () => {
    const event = await domain.emit(tradeExecuted, trade(4020, "7", "BTC/EUR"), { occurredAt: `${daysAgo(3)}T12:00:00.000Z` });
    await domain.handled("financial.trade-revenue", event);
    const { body } = await domain.call<{ totals: Income[]; days: (Income & { day: string })[] }>("GET", "/revenue?days=7", { headers: await operator() });
    expect(body.days[0]).toEqual({ day: daysAgo(3), source: "trading-fees", currency: "EUR", amount: "7" });
    const recent = await domain.call<{ totals: Income[] }>("GET", "/revenue?days=2", { headers: await operator() });
    expect(recent.body.totals.some(({ currency }) => currency === "EUR")).toBe(false);
    expect(body.totals).toContainEqual({ source: "trading-fees", currency: "EUR", amount: "7" });
  });

  it("groups users by the day of their registration, in whatever order events come", async () => {
    const day = daysAgo(5);
    await domain.emit(tradeExecuted, trade(4030, "2"), { occurredAt: `${day}T10:00:01.000Z` });
    await domain.emit(positionClosed, { ...trade(4030, "1"), profit: "1" }, { occurredAt: `${day}T10:00:02.000Z` });
    await domain.handled("financial.cohorts", await domain.emit(tradeExecuted, trade(4030, "0")));
    for (const userId of [4030, 4031]) {
      const event = await domain.emit(userRegistered, { userId, username: `u${userId}` }, { occurredAt: `${day}T10:00:00.000Z` });
      await domain.handled("financial.cohorts", event);
    }
    const { body } = await domain.call<{ cohorts: Record<string, unknown>[] }>("GET", "/cohorts?days=7", { headers: await operator() });
    expect(body.cohorts).toEqual([{ registeredOn: day, users: 2, traders: 1, trades: 2, revenue: "3", revenuePerUser: "1.5" }]);
  });

  it("sums to zero in every currency after all of this", async () => {
    const { rows } = await app.query<{ currency: string; sum: string }>(
      "SELECT currency, trim_scale(sum(amount)) AS sum FROM ledger_entries GROUP BY currency ORDER BY currency",
    );
    expect(rows).toEqual([{ currency: "EUR", sum: "0" }, { currency: "USD", sum: "0" }]);
  });
});

describe("R-GW-1 business KPIs from events", () => {
  const minutesAgo = (minutes: number): { occurredAt: string } => ({ occurredAt: new Date(Date.now() - minutes * 60_000).toISOString() });

  it("are eight, of what happened in their windows, each event once", async () => {
    // Whatever the tests before have left must not count here.
    const owner = await domain.connect("financial_owner");
    await owner.query("TRUNCATE kpi_minutes, activity_hours, active_users");

    const traded = await domain.emit(tradeExecuted, trade(4101, "2"));
    await domain.emitAgain(traded);
    await domain.emit(tradeExecuted, trade(4102, "1"), minutesAgo(60));
    await domain.emit(tradeExecuted, trade(4103, "1"), minutesAgo(30 * 60));
    await domain.handled("financial.kpis", await domain.emit(userRegistered, { userId: 4101, username: "ada" }));
    await domain.handled("financial.kpis", await domain.emit(postCreated, { postId: "x", userId: 4102 }));
    const sold = { listingId: "l1", tokenId: "n1", sellerId: 4103, buyerId: 4104, price: "20", commission: "0.5" };
    await domain.handled("financial.kpis", await domain.emit(nftSold, sold));
    // Streams are not in order among each other: the last of the trades' stream is waited for too.
    await domain.handled("financial.kpis", await domain.emit(positionClosed, { ...trade(4101, "0"), profit: "0" }));

    const expected = {
      daily_active_users: "3",
      new_registrations: "1",
      trades_per_minute: "0.2",
      traded_volume: "2000",
      revenue: "3.5",
      revenue_per_active_user: "1.1667",
      engagement: "0.33",
      nft_marketplace_volume: "20",
    };
    await waitFor("the KPIs' next look", async () => ((await kpis())["revenue"] === "3.5" ? true : undefined));
    expect(await kpis()).toEqual(expected);

    const { body } = await domain.call<{ kpis: readonly Kpi[] }>("GET", "/kpis");
    const previous = Object.fromEntries(body.kpis.map((kpi) => [kpi.name, kpi.previous]));
    expect(previous).toMatchObject({ daily_active_users: "1", traded_volume: "1000", revenue: "1", new_registrations: "0" });
    const text = await domain.service.context.metrics.registry.metrics();
    expect(text).toContain('kpi_revenue{service="financial",colour="blue"} 3.5');
  });
});

describe("R-SVC-4 bad input to financial", () => {
  it.each<[string, string, unknown, string]>([
    ["GET", "/revenue?days=0", undefined, "/query/days"],
    ["GET", "/revenue?days=367", undefined, "/query/days"],
    ["GET", "/cohorts?days=x", undefined, "/query/days"],
    ["POST", "/subscriptions", {}, "/body/plan"],
    ["POST", "/subscriptions", { plan: "gold" }, "/body/plan"],
    ["POST", "/subscriptions", { plan: "plus", price: "0" }, "/body/price"],
  ])("refuses %s %s with %j and names %s", async (method, path, body, field) => {
    const answer = await domain.call<{ errors: { path: string }[] }>(method, path, { as: 4200, ...(body === undefined ? {} : { body }) });
    expect([answer.status, answer.body.errors.map((error) => error.path)]).toEqual([400, [field]]);
  });

  it("subscribes nobody in another's name, and nobody unknown", async () => {
    expect((await domain.call("POST", "/subscriptions", { as: 4200, body: { plan: "plus", user_id: 4201 } })).status).toBe(403);
    expect((await domain.call("POST", "/subscriptions", { body: { plan: "plus" } })).status).toBe(401);
    expect((await domain.call("GET", "/subscriptions")).status).toBe(401);
    expect((await domain.call("GET", "/subscriptions", { as: 4201 })).body).toEqual({ subscriptions: [] });
  });
});

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}
