import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { positionClosed } from "../../../../services/base/events/catalogue/trading.ts";
import { userRegistered } from "../../../../services/base/events/catalogue/user.ts";
import { tradingService } from "../../../../services/trading/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { FixedFeed } from "./fixed-feed.ts";

interface Position {
  readonly id: string;
  readonly status: string;
  readonly price: string | null;
  readonly profit: string | null;
}

interface Page {
  readonly positions: readonly Position[];
  readonly nextCursor: string | null;
}

const feed = new FixedFeed();
let domain: DomainService;
let users = 3000;

beforeAll(async () => {
  domain = await startDomainService(tradingService({ feed }));
});

afterAll(async () => {
  await domain.stop();
});

afterEach(() => {
  feed.price = "100";
});

async function newUser(): Promise<number> {
  users += 1;
  await domain.handled("trading.accounts", await domain.emit(userRegistered, { userId: users, username: `user${users}` }));
  return users;
}

async function open(as: number, change: Record<string, unknown> = {}): Promise<string> {
  const body = { asset_symbol: "BTC/USD", direction: "LONG", amount: 1000, ...change };
  const answer = await domain.call<{ trade: { positionId: string } }>("POST", "/execute", { as, body });
  expect(answer.status).toBe(201);
  return answer.body.trade.positionId;
}

const close = (as: number, id: string) => domain.call("POST", `/positions/${id}/close`, { as });
const list = async (as: number, query = "") => (await domain.call<Page>("GET", `/positions${query}`, { as })).body;

describe("R-SVC-1 positions", () => {
  it("show what closing them now would give", async () => {
    const userId = await newUser();
    await open(userId);
    feed.price = "110";
    expect((await list(userId)).positions).toEqual([
      expect.objectContaining({ status: "open", entryPrice: "100.02", price: "109.97", profit: "99.48", amount: "1000.00" }),
    ]);
  });

  it("are shown without a profit while there is no price", async () => {
    const userId = await newUser();
    await open(userId);
    feed.price = null;
    expect((await list(userId)).positions[0]).toMatchObject({ price: null, profit: null });
  });

  it("give margin and profit back when they are closed, less the fee", async () => {
    const userId = await newUser();
    const id = await open(userId);
    feed.price = "110";
    const { status, body } = await close(userId, id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      position: { id, status: "closed", price: "109.97", profit: "99.48" },
      fee: "1.10",
      payout: "1098.38",
      account: { balance: "100097.38" },
    });
    const account = await domain.call("GET", "/account", { as: userId });
    expect(account.body).toMatchObject({ balance: "100097.38", margin: "0.00", exposure: "0.00", openPositions: 0 });
  });

  it("lose no more than their margin", async () => {
    const userId = await newUser();
    const id = await open(userId, { leverage: 10 });
    feed.price = "50";
    expect((await close(userId, id)).body).toMatchObject({ position: { profit: "-100.00" }, payout: "0.00", fee: "0.00" });
  });

  it("R-EVT-1 tell the other domains of their end", async () => {
    const userId = await newUser();
    const id = await open(userId, { direction: "SHORT" });
    feed.price = "90";
    await close(userId, id);
    const [event] = (await domain.published(positionClosed)).filter(({ data }) => data.positionId === id);
    expect(event?.data).toMatchObject({ userId, direction: "SHORT", symbol: "BTC/USD", price: "90.02", amount: "900.38", profit: "99.61", fee: "0.91" });
  });

  it("are closed once, also when several ask at the same time", async () => {
    const userId = await newUser();
    const id = await open(userId);
    const answers = await Promise.all([1, 2, 3].map(() => close(userId, id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: "position-closed", errors: [{ path: "/params/id" }] });
    expect((await domain.published(positionClosed)).filter(({ data }) => data.positionId === id)).toHaveLength(1);
  });

  it("are nobody else's to see or to close", async () => {
    const [one, other] = [await newUser(), await newUser()];
    const id = await open(one);
    expect(await close(other, id)).toMatchObject({ status: 404, body: { code: "position-not-found", errors: [{ path: "/params/id" }] } });
    expect((await list(other, "?status=all")).positions).toEqual([]);
    expect((await list(one)).positions).toHaveLength(1);
  });

  it("are listed by status and page by page, newest first", async () => {
    const userId = await newUser();
    const ids = [await open(userId), await open(userId), await open(userId)].reverse();
    await close(userId, ids[1] ?? "");
    const idsOf = (page: Page) => page.positions.map(({ id }) => id);
    expect(idsOf(await list(userId))).toEqual([ids[0], ids[2]]);
    expect(idsOf(await list(userId, "?status=closed"))).toEqual([ids[1]]);
    const first = await list(userId, "?status=all&limit=2");
    expect([idsOf(first), first.nextCursor]).toEqual([[ids[0], ids[1]], ids[1]]);
    const second = await list(userId, `?status=all&limit=2&cursor=${first.nextCursor}`);
    expect([idsOf(second), second.nextCursor]).toEqual([[ids[2]], null]);
  });

  it.each([
    ["?status=lost", "/query/status"],
    ["?limit=0", "/query/limit"],
    ["?limit=101", "/query/limit"],
    ["?cursor=1", "/query/cursor"],
  ])("R-SVC-4 refuse %s and name the field", async (query, path) => {
    expect(await domain.call("GET", `/positions${query}`, { as: 123 })).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });
});

describe("R-SVC-1 prices", () => {
  it("are there for everybody, symbol by symbol", async () => {
    expect((await domain.call("GET", "/prices/BTC-USD")).body).toMatchObject({ symbol: "BTC/USD", price: "100", bid: "99.98", ask: "100.02" });
    expect((await domain.call("GET", "/prices/BTC%2FUSD")).body).toMatchObject({ symbol: "BTC/USD" });
    const { body } = await domain.call<{ prices: unknown[] }>("GET", "/prices");
    expect(body).toMatchObject({ feed: "fixed" });
    expect(body.prices.length).toBe(10);
  });

  it("R-SVC-4 are refused for a symbol that is not traded", async () => {
    expect(await domain.call("GET", "/prices/GOLD-USD")).toMatchObject({ status: 404, body: { errors: [{ path: "/params/symbol" }] } });
  });
});
