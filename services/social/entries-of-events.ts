import type { EventData } from "../base/events/define.ts";
import type { achievementUnlocked, levelReached } from "../base/events/catalogue/gamification.ts";
import type { nftListed, nftMinted, nftSold } from "../base/events/catalogue/nft.ts";
import type { positionClosed, tradeExecuted } from "../base/events/catalogue/trading.ts";
import type { NewEntry } from "./entry.ts";

/** What an event adds to an entry; id and time are the event's own. */
type EntryBody = Omit<NewEntry, "id" | "occurredAt">;

export function entryOfTrade(data: EventData<typeof tradeExecuted>): EntryBody {
  const { tradeId, positionId, symbol, direction, amount, price } = data;
  return {
    type: "trade",
    userId: data.userId,
    text: `Went ${direction} on ${symbol} with ${amount} at ${price}`,
    details: { action: "opened", tradeId, positionId, symbol, direction, amount, price },
  };
}

export function entryOfClosedPosition(data: EventData<typeof positionClosed>): EntryBody {
  const { tradeId, positionId, symbol, direction, amount, price, profit } = data;
  const result = profit.startsWith("-") ? `a loss of ${profit.slice(1)}` : `a profit of ${profit}`;
  return {
    type: "trade",
    userId: data.userId,
    text: `Closed ${direction} on ${symbol} at ${price} with ${result}`,
    details: { action: "closed", tradeId, positionId, symbol, direction, amount, price, profit },
  };
}

export function entryOfAchievement(data: EventData<typeof achievementUnlocked>): EntryBody {
  const { achievement, title = achievement } = data;
  return {
    type: "achievement",
    userId: data.userId,
    text: `Unlocked "${title}"`,
    details: { achievement, title, ...(data.description === undefined ? {} : { description: data.description }) },
  };
}

export function entryOfLevel(data: EventData<typeof levelReached>): EntryBody {
  return {
    type: "achievement",
    userId: data.userId,
    text: `Reached level ${data.level}`,
    details: { level: String(data.level) },
  };
}

export function entryOfMint(data: EventData<typeof nftMinted>): EntryBody {
  const { tokenId, name = "a token" } = data;
  return { type: "nft", userId: data.userId, text: `Received ${name}`, details: { action: "minted", tokenId, name } };
}

export function entryOfListing(data: EventData<typeof nftListed>): EntryBody {
  const { listingId, tokenId, price } = data;
  return {
    type: "nft",
    userId: data.sellerId,
    text: `Put a token up for sale at ${price}`,
    details: { action: "listed", listingId, tokenId, price },
  };
}

export function entryOfSale(data: EventData<typeof nftSold>): EntryBody {
  const { listingId, tokenId, price } = data;
  return {
    type: "nft",
    userId: data.buyerId,
    text: `Bought a token for ${price}`,
    details: { action: "bought", listingId, tokenId, price, sellerId: String(data.sellerId) },
  };
}
