import { xpAwarded } from "../base/events/catalogue/gamification.ts";
import { nftMinted, nftSold } from "../base/events/catalogue/nft.ts";
import { postCommented, postCreated, postLiked, userFollowed } from "../base/events/catalogue/social.ts";
import { positionClosed, tradeExecuted } from "../base/events/catalogue/trading.ts";
import { userRegistered } from "../base/events/catalogue/user.ts";
import { type ConsumerGroup, onMany } from "../base/events/consumer-group.ts";
import type { EventDefinition } from "../base/events/define.ts";
import type { ServiceContext } from "../base/service.ts";
import { deedsOf } from "./deeds.ts";
import { rewardAll } from "./reward.ts";
import { addToLeaderboards } from "./store-leaderboard.ts";
import { registerPlayers } from "./store-players.ts";

/** The five groups by which play becomes points, and points become ranks. */
export function gamificationGroups({ events }: Pick<ServiceContext, "events">): readonly ConsumerGroup[] {
  const rewarding = (definitions: readonly EventDefinition[]): ConsumerGroup["handlers"] =>
    onMany(definitions, (tx, happened, within) => rewardAll(tx, events, happened.flatMap(deedsOf), within));
  return [
    {
      name: "gamification.onboarding",
      handlers: onMany([userRegistered], (tx, registered) => registerPlayers(tx, registered.map(({ data }) => data))),
    },
    { name: "gamification.trade-xp", handlers: rewarding([tradeExecuted, positionClosed]) },
    { name: "gamification.social-xp", handlers: rewarding([postCreated, postLiked, postCommented, userFollowed]) },
    { name: "gamification.nft-xp", handlers: rewarding([nftMinted, nftSold]) },
    {
      name: "gamification.leaderboard",
      handlers: onMany([xpAwarded], (tx, awarded) =>
        addToLeaderboards(tx, awarded.map(({ data, occurredAt }) => ({ userId: data.userId, xp: data.xp, atMs: Date.parse(occurredAt) }))),
      ),
    },
  ];
}
