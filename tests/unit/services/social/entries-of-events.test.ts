import { describe, expect, it } from "vitest";
import {
  entryOfAchievement,
  entryOfClosedPosition,
  entryOfLevel,
  entryOfListing,
  entryOfMint,
  entryOfSale,
  entryOfTrade,
} from "../../../../services/social/entries-of-events.ts";

const trade = {
  tradeId: "t1",
  positionId: "p1",
  userId: 123,
  symbol: "BTC/USD",
  direction: "LONG" as const,
  amount: "1000",
  price: "50000.5",
  quantity: "0.0199998",
  fee: "1",
};

describe("R-EVT-1 events become feed entries", () => {
  it("tells of a trade with its exact amount and price, and not of its fee", () => {
    expect(entryOfTrade(trade)).toEqual({
      type: "trade",
      userId: 123,
      text: "Went LONG on BTC/USD with 1000 at 50000.5",
      details: {
        action: "opened",
        tradeId: "t1",
        positionId: "p1",
        symbol: "BTC/USD",
        direction: "LONG",
        amount: "1000",
        price: "50000.5",
      },
    });
  });

  it.each([
    ["12.5", "Closed LONG on BTC/USD at 50000.5 with a profit of 12.5"],
    ["-12.5", "Closed LONG on BTC/USD at 50000.5 with a loss of 12.5"],
  ])("tells of a position closed with %s", (profit, text) => {
    expect(entryOfClosedPosition({ ...trade, profit }).text).toBe(text);
  });

  it("names an achievement by its title, or by its id where it has none", () => {
    expect(entryOfAchievement({ userId: 1, achievement: "first-trade", title: "First trade" }).text).toBe(
      'Unlocked "First trade"',
    );
    expect(entryOfAchievement({ userId: 1, achievement: "first-trade" }).text).toBe('Unlocked "first-trade"');
  });

  it("tells of a level", () => {
    expect(entryOfLevel({ userId: 1, level: 4 })).toEqual({
      type: "achievement",
      userId: 1,
      text: "Reached level 4",
      details: { level: "4" },
    });
  });

  it("gives a minted token to its owner, a listing to the seller and a sale to the buyer", () => {
    expect(entryOfMint({ tokenId: "n1", userId: 7, name: "Golden bull" }).text).toBe("Received Golden bull");
    expect(entryOfListing({ listingId: "l1", tokenId: "n1", sellerId: 7, price: "20" }).userId).toBe(7);
    expect(
      entryOfSale({ listingId: "l1", tokenId: "n1", sellerId: 7, buyerId: 8, price: "20", commission: "1" }),
    ).toEqual({
      type: "nft",
      userId: 8,
      text: "Bought a token for 20",
      details: { action: "bought", listingId: "l1", tokenId: "n1", price: "20", sellerId: "7" },
    });
  });
});
