import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JWKS_KEY } from "../../../../services/base/auth/tokens.ts";
import { tradingService } from "../../../../services/trading/service.ts";
import { createSigningKey, openSigningKey, type SigningKey } from "../../../../services/user/signing-key.ts";
import { issueToken } from "../../../../services/user/token.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";

let domain: DomainService;
let key: SigningKey;

beforeAll(async () => {
  domain = await startDomainService(tradingService({ settings: {} }), { mode: "production" });
  const stored = await createSigningKey("a secret of this test alone");
  key = openSigningKey(stored, "a secret of this test alone");
  const redis = new Redis({ ...domain.service.context.config.redis });
  await redis.set(JWKS_KEY, JSON.stringify({ keys: [stored.publicJwk] }));
  redis.disconnect();
});

afterAll(async () => {
  await domain.stop();
});

const order = { asset_symbol: "BTC/USD", direction: "LONG", amount: 1000 };

async function bearer(userId: number): Promise<Record<string, string>> {
  return { authorization: `Bearer ${(await issueToken(key, { userId, role: "player", sessionId: "0194b9f0-7c1e-7a55-9f0e-3d1c2b4a5968" }, Date.now())).token}` };
}

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
