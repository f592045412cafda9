import { achievementUnlocked } from "../base/events/catalogue/gamification.ts";
import { nftListed, nftSold, ownershipConfirmed } from "../base/events/catalogue/nft.ts";
import { type ConsumerGroup, on } from "../base/events/consumer-group.ts";
import { mintReward, type NftParts } from "./rewards.ts";
import { awaitConfirmation, finishSettlement, openSettlement } from "./settlements-store.ts";

/** Rewards every achievement with a token. */
export function rewardsGroup(parts: NftParts): ConsumerGroup {
  return {
    name: "nft.achievement-rewards",
    handlers: [on(achievementUnlocked, (tx, event) => mintReward(tx, parts, event.data))],
  };
}

/** Follows every listing until the chain has made its buyer the owner for good. */
export const settlementGroup: ConsumerGroup = {
  name: "nft.settlement",
  handlers: [
    on(nftListed, (tx, { data }) => openSettlement(tx, data)),
    on(nftSold, (tx, { data }) => awaitConfirmation(tx, data.listingId)),
    on(ownershipConfirmed, (tx, { data }) => finishSettlement(tx, data.listingId)),
  ],
};
