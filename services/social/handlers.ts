import { achievementUnlocked, levelReached } from "../base/events/catalogue/gamification.ts";
import { nftListed, nftMinted, nftSold } from "../base/events/catalogue/nft.ts";
import { positionClosed, tradeExecuted } from "../base/events/catalogue/trading.ts";
import { type ConsumerGroup, on } from "../base/events/consumer-group.ts";
import {
  entryOfAchievement,
  entryOfClosedPosition,
  entryOfLevel,
  entryOfListing,
  entryOfMint,
  entryOfSale,
  entryOfTrade,
} from "./entries-of-events.ts";
import { insertEntry } from "./store-feed.ts";

/** The three groups by which what players do becomes news. */
export function socialGroups(): readonly ConsumerGroup[] {
  return [
    {
      name: "social.trade-feed",
      handlers: [
        on(tradeExecuted, (tx, { id, occurredAt, data }) => insertEntry(tx, { id, occurredAt, ...entryOfTrade(data) })),
        on(positionClosed, (tx, { id, occurredAt, data }) =>
          insertEntry(tx, { id, occurredAt, ...entryOfClosedPosition(data) }),
        ),
      ],
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
