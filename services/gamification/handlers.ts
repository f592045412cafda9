import { Decimal } from "decimal.js";
import { xpAwarded } from "../base/events/catalogue/gamification.ts";
import { nftMinted, nftSold } from "../base/events/catalogue/nft.ts";
import { postCommented, postCreated, postLiked, userFollowed } from "../base/events/catalogue/social.ts";
import { positionClosed, tradeExecuted } from "../base/events/catalogue/trading.ts";
import { userRegistered } from "../base/events/catalogue/user.ts";
import { type ConsumerGroup, on } from "../base/events/consumer-group.ts";
import type { ServiceContext } from "../base/service.ts";
import { reward } from "./reward.ts";
import { addToLeaderboards } from "./store-leaderboard.ts";
import { registerPlayer } from "./store-players.ts";

const NO_AMOUNT = new Decimal(0);

/** The five groups by which play becomes points, and points become ranks. */
export function gamificationGroups({ events }: Pick<ServiceContext, "events">): readonly ConsumerGroup[] {
  return [
    {
      name: "gamification.onboarding",
      handlers: [on(userRegistered, (tx, { data }) => registerPlayer(tx, data.userId, data.username))],
    },
    {
      name: "gamification.trade-xp",
      handlers: [
        on(tradeExecuted, (tx, event) =>
          reward(tx, events, {
            userId: event.data.userId,
            rule: "trade-executed",
            amount: new Decimal(event.data.amount),
            event,
          }),
        ),
        on(positionClosed, async (tx, event) => {
          const profit = new Decimal(event.data.profit);
          if (!profit.gt(0)) return;
          await reward(tx, events, {
            userId: event.data.userId,
            rule: "closed-with-profit",
            amount: profit,
            event,
          });
        }),
      ],
    },
    {
      name: "gamification.social-xp",
      handlers: [
        on(postCreated, (tx, event) =>
          reward(tx, events, { userId: event.data.userId, rule: "post-created", amount: NO_AMOUNT, event }),
        ),
        on(postLiked, async (tx, event) => {
          // Praise of oneself earns nothing.
          if (event.data.userId === event.data.authorId) return;
          await reward(tx, events, { userId: event.data.userId, rule: "post-liked", amount: NO_AMOUNT, event });
        }),
        on(postCommented, (tx, event) =>
          reward(tx, events, { userId: event.data.userId, rule: "comment-created", amount: NO_AMOUNT, event }),
        ),
        on(userFollowed, (tx, event) =>
          reward(tx, events, { userId: event.data.userId, rule: "user-followed", amount: NO_AMOUNT, event }),
        ),
      ],
    },
    {
      name: "gamification.nft-xp",
      handlers: [
        on(nftMinted, (tx, event) =>
          reward(tx, events, { userId: event.data.userId, rule: "nft-minted", amount: NO_AMOUNT, event }),
        ),
        on(nftSold, (tx, event) =>
          reward(tx, events, {
            userId: event.data.buyerId,
            rule: "nft-bought",
            amount: new Decimal(event.data.price),
            event,
          }),
        ),
      ],
    },
    {
      name: "gamification.leaderboard",
      handlers: [
        on(xpAwarded, (tx, { data, occurredAt }) => addToLeaderboards(tx, data.userId, data.xp, Date.parse(occurredAt))),
      ],
    },
  ];
}
