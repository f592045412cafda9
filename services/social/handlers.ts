import { achievementUnlocked, levelReached } from "../base/events/catalogue/gamification.ts";
import { nftListed, nftMinted, nftSold } from "../base/events/catalogue/nft.ts";
import { positionClosed, tradeExecuted } from "../base/events/catalogue/trading.ts";
import { type ConsumerGroup, on, onMany } from "../base/events/consumer-group.ts";
import type { EventData } from "../base/events/define.ts";
import {
  entryOfAchievement,
  entryOfClosedPosition,
  entryOfLevel,
  entryOfListing,
  entryOfMint,
  entryOfSale,
  entryOfTrade,
} from "./entries-of-events.ts";
import { insertEntries, insertEntry } from "./store-feed.ts";

function isClosing(data: EventData<typeof tradeExecuted>): data is EventData<typeof positionClosed> {
  return "profit" in data;
}

/** The three groups by which what players do becomes news. */
export function socialGroups(): readonly ConsumerGroup[] {
  return [
    {
      name: "social.trade-feed",
      handlers: onMany([tradeExecuted, positionClosed], (tx, events) =>
        insertEntries(
          tx,
          events.map(({ id, occurredAt, data }) => ({
            id, occurredAt, ...(isClosing(data) ? entryOfClosedPosition(data) : entryOfTrade(data)),
          })),
        ),
      ),
    },
    {
      name: "social.achievement-feed",
      handlers: [
        on(achievementUnlocked, (tx, { id, occurredAt, data }) =>
          insertEntry(tx, { id, occurredAt, ...entryOfAchievement(data) }),
        ),
        on(levelReached, (tx, { id, occurredAt, data }) => insertEntry(tx, { id, occurredAt, ...entryOfLevel(data) })),
      ],
    },
    {
      name: "social.nft-feed",
      handlers: [
        on(nftMinted, (tx, { id, occurredAt, data }) => insertEntry(tx, { id, occurredAt, ...entryOfMint(data) })),
        on(nftListed, (tx, { id, occurredAt, data }) => insertEntry(tx, { id, occurredAt, ...entryOfListing(data) })),
        on(nftSold, (tx, { id, occurredAt, data }) => insertEntry(tx, { id, occurredAt, ...entryOfSale(data) })),
      ],
    },
  ];
}
