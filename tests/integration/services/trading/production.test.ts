import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tradingService } from "../../../../services/trading/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { type Bearer, tokensFor } from "../../../support/tokens.ts";

let domain: DomainService;
let bearer: Bearer;

beforeAll(async () => {
  domain = await startDomainService(tradingService({ settings: {} }), { mode: "production" });
  bearer = await tokensFor(domain);
});

afterAll(async () => {
  await domain.stop();
});

const order = { asset_symbol: "BTC/USD", direction: "LONG", amount: 1000 };

describe("R-SVC-1 trading in production", () => {
  it("opens the account of who comes with a token before the registration has been told", async () => {
    const answer = await domain.call("POST", "/execute", { headers: await bearer(5000), body: order });
    expect(answer.status).toBe(201);
    const account = await domain.call("GET", "/account", { headers: await bearer(5000) });
    expect(account.body).toMatchObject({ userId: 5000, balance: "98999.00" });
  });

  it("believes neither a bare user id nor a body's", async () => {
    expect((await domain.call("POST", "/execute", { as: 5000, body: order })).status).toBe(401);
    expect((await domain.call("POST", "/execute", { body: { ...order, user_id: 123 } })).status).toBe(401);
  });

  it("lets a token act for its own user only", async () => {
    const answer = await domain.call("POST", "/execute", { headers: await bearer(5000), body: { ...order, user_id: 5001 } });
    expect([answer.status, answer.body["code"]]).toEqual([403, "user-mismatch"]);
  });

  it("trades at simulated prices where no price API is configured", async () => {
    const { body } = await domain.call<{ feed: string; prices: { symbol: string }[] }>("GET", "/prices");
    expect([body.feed, body.prices.length]).toEqual(["simulated", 10]);
  });
});
