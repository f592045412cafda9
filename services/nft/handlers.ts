import { achievementUnlocked } from "../base/events/catalogue/gamification.ts";
import { type ConsumerGroup, on } from "../base/events/consumer-group.ts";
import { mintReward, type NftParts } from "./rewards.ts";

/** Rewards every achievement with a token. */
export function rewardsGroup(parts: NftParts): ConsumerGroup {
  return {
    name: "nft.achievement-rewards",
    handlers: [on(achievementUnlocked, (tx, event) => mintReward(tx, parts, event.data))],
  };
}
