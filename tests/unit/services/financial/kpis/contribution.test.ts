import { describe, expect, it } from "vitest";
import { contributionOf } from "../../../../../services/financial/kpis/contribution.ts";

const trade = {
  tradeId: "t1",
  positionId: "p1",
  userId: 123,
  symbol: "BTC/USD",
  direction: "LONG",
  amount: "1000.10",
  price: "50000",
  quantity: "0.02",
  fee: "1.05",
};

/** What an event adds, readable: who is active and each amount. */
function added(type: string, data: unknown): unknown {
  const contribution = contributionOf({ type, data });
  if (contribution === undefined) return undefined;
  const amounts = Object.entries(contribution.amounts).filter(([, amount]) => !amount.isZero());
  return { user: contribution.activeUserId, ...Object.fromEntries(amounts.map(([key, amount]) => [key, amount.toFixed()])) };
}

describe("R-GW-1 what events add to the KPIs", () => {
  it.each<[string, unknown, unknown]>([
    ["user.registered", { userId: 1, username: "ada" }, { user: 1, registrations: "1" }],
    ["trading.trade.executed", trade, { user: 123, trades: "1", volume: "1000.1", revenue: "1.05" }],
    ["trading.position.closed", { ...trade, profit: "-3" }, { user: 123, revenue: "1.05" }],
    ["social.post.created", { postId: "x", userId: 4 }, { user: 4, interactions: "1" }],
    ["social.post.liked", { postId: "x", userId: 4, authorId: 5 }, { user: 4, interactions: "1" }],
    ["social.post.commented", { postId: "x", commentId: "c", userId: 4, authorId: 5 }, { user: 4, interactions: "1" }],
    ["social.user.followed", { userId: 4, followedId: 5 }, { user: 4, interactions: "1" }],
    ["financial.subscription.started", { userId: 4, price: "9.99", plan: "plus" }, { user: 4, revenue: "9.99" }],
    ["nft.listed", { sellerId: 7, price: "20" }, { user: 7 }],
    ["nft.sold", { sellerId: 7, buyerId: 8, price: "20", commission: "0.5" }, { user: 8, "nft-volume": "20", revenue: "0.5" }],
  ])("counts %s", (type, data, expected) => {
    expect(added(type, data)).toEqual(expected);
  });

  it("counts the revenue of a renewal, and nobody as active by it", () => {
    expect(added("financial.subscription.renewed", { userId: 4, price: "9.99", plan: "plus" })).toEqual({ user: undefined, revenue: "9.99" });
  });

  it("counts a trade in another currency as a trade, and leaves its money to the ledger", () => {
    expect(added("trading.trade.executed", { ...trade, symbol: "BTC/EUR" })).toEqual({ user: 123, trades: "1" });
  });

  it.each(["gamification.xp.awarded", "nft.minted", "something.new"])("counts nothing of %s", (type) => {
    expect(added(type, { userId: 1 })).toBeUndefined();
  });
});
