import { Decimal } from "decimal.js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { positionClosed, tradeExecuted } from "../../../services/base/events/catalogue/trading.ts";
import { userRegistered } from "../../../services/base/events/catalogue/user.ts";
import { financial } from "../../../services/financial/service.ts";
import { tradingService } from "../../../services/trading/service.ts";
import { type DomainService, startDomainService } from "../../support/domain-service.ts";
import { tokensFor } from "../../support/tokens.ts";
import { FixedFeed } from "./trading/fixed-feed.ts";

const TRADER = 9_700;
const feed = new FixedFeed();
let trading: DomainService;
let money: DomainService;
let bearer: Awaited<ReturnType<typeof tokensFor>>;

beforeAll(async () => {
  trading = await startDomainService(tradingService({ feed }));
  money = await startDomainService(financial);
  // Once: whoever replaces the keys again and again is believed only as often as a service reads them.
  bearer = await tokensFor(money);
  await trading.handled("trading.accounts", await trading.emit(userRegistered, { userId: TRADER, username: "trader" }));
}, 120_000);

afterAll(async () => {
  await trading.stop();
  await money.stop();
}, 60_000);

interface Income {
  readonly source: string;
  readonly currency: string;
  readonly amount: string;
}

async function revenueIn(currency: string): Promise<Decimal> {
  const { status, body } = await money.call<{ totals: readonly Income[] }>("GET", "/revenue?days=2", { headers: await bearer(1, "operator") });
  expect(status, JSON.stringify(body)).toBe(200);
  const found = body.totals.find((total) => total.source === "trading-fees" && total.currency === currency);
  expect(typeof (found?.amount ?? "")).toBe("string");
  return new Decimal(found?.amount ?? 0);
}

const sumOf = (amounts: readonly string[]): Decimal => amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0));

/** A trade's fee, in a currency that nothing else here is in. */
const feeEvent = (fee: string, currency: string) => ({
  tradeId: "t", positionId: "p", userId: TRADER, symbol: `BTC/${currency}`, direction: "LONG" as const, amount: "1", price: "1", quantity: "1", fee,
});

describe("R-SVC-4 money is exact from end to end", () => {
  it("R-SVC-1 from the order through database, event and ledger to the revenue that is shown", async () => {
    feed.price = "33.33";
    const amounts = fc.sample(
      fc.tuple(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 0, max: 99 })).map(([whole, cents]) => `${whole}.${String(cents).padStart(2, "0")}`),
      { seed: 7, numRuns: 15 },
    );
    // 0.1 + 0.2, and what a JSON number can say as exactly as a text.
    const orders: readonly (string | number)[] = ["1.10", "2.20", "1.1", 3.3, 1000.07, ...amounts];
    const before = new Decimal((await trading.call<{ balance: string }>("GET", "/account", { as: TRADER })).body.balance);
    let spent = new Decimal(0);
    for (const amount of orders) {
      const answer = await trading.call<{ trade: { amount: string; margin: string; fee: string } }>("POST", "/execute", {
        as: TRADER,
        body: { asset_symbol: "BTC/USD", direction: "LONG", amount },
      });
      expect([amount, answer.status]).toEqual([amount, 201]);
      expect(answer.body.trade.amount).toBe(new Decimal(amount).toFixed(2));
      spent = spent.plus(answer.body.trade.margin).plus(answer.body.trade.fee);
    }
    const { body: after } = await trading.call<{ balance: string }>("GET", "/account", { as: TRADER });
    expect(after.balance).toBe(before.minus(spent).toFixed(2));

    const told = await trading.published(tradeExecuted);
    expect(told.map(({ data }) => data.amount)).toEqual(orders.map((amount) => new Decimal(amount).toFixed(2)));
    for (const event of told) await money.emitAgain(event);
    for (const event of told) await money.handled("financial.trade-revenue", event);
    expect((await revenueIn("USD")).toFixed()).toBe(sumOf(told.map(({ data }) => data.fee)).toFixed());
  });

  it.each<[string, string, readonly string[]]>([
    ["0.1 + 0.2", "AAA", ["0.1", "0.2"]],
    ["beyond 2^53", "BBB", ["9007199254740993", "1", "9007199254740993"]],
    ["18 decimals", "CCC", ["0.000000000000000001", "1.000000000000000001", "0.999999999999999998"]],
    ["20 digits and 18 decimals", "DDD", ["12345678901234567890.123456789012345678", "0.000000000000000001"]],
  ])("R-SVC-1 in the ledger, where floats go wrong: %s", async (_, currency, fees) => {
    const events = [];
    for (const fee of fees) events.push(await money.emit(tradeExecuted, feeEvent(fee, currency)));
    for (const event of events) await money.handled("financial.trade-revenue", event);
    expect((await revenueIn(currency)).toFixed()).toBe(sumOf(fees).toFixed());
  });

  it("R-SVC-1 for any fees: their sum is shown to the last of 18 decimals, and the ledger sums to zero", async () => {
    const fee = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.bigInt({ min: 1n, max: 10n ** 18n - 1n }));
    const fees = fc.sample(fee.map(([whole, part]) => `${whole}.${String(part).padStart(18, "0")}`), { seed: 11, numRuns: 60 });
    const events = [];
    for (const one of fees) events.push(await money.emit(positionClosed, { ...feeEvent(one, "EEE"), profit: "0" }));
    for (const event of events) await money.handled("financial.trade-revenue", event);
    expect((await revenueIn("EEE")).toFixed()).toBe(sumOf(fees).toFixed());
    const sums = await money.service.context.database.query<{ sum: string }>("SELECT trim_scale(sum(amount)) AS sum FROM ledger_entries GROUP BY currency");
    expect(new Set(sums.map(({ sum }) => sum))).toEqual(new Set(["0"]));
  });

  it("refuses a JSON number that has lost its value already, and names the field", async () => {
    const answer = await trading.call<{ code: string; errors: { path: string }[] }>("POST", "/execute", {
      as: TRADER,
      body: { asset_symbol: "BTC/USD", direction: "LONG", amount: 2 ** 53 },
    });
    expect([answer.status, answer.body.code, answer.body.errors[0]?.path]).toEqual([400, "invalid-amount", "/body/amount"]);
  });
});
