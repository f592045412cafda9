import { v7 as uuidv7 } from "uuid";
import type { Clock } from "../base/clock.ts";
import { nftMinted } from "../base/events/catalogue/nft.ts";
import type { EventPublisher } from "../base/events/publisher.ts";
import type { Transaction } from "../base/postgres/database.ts";
import type { Chain } from "./chain/chain.ts";
import { rewardOf } from "./reward-catalogue.ts";
import { insertToken, isRewarded } from "./tokens-store.ts";

/** What minting and selling work with. */
export interface NftParts {
  readonly events: EventPublisher;
  readonly clock: Clock;
  readonly chain: Chain;
}

/**
 * Mints the reward of an achievement, once for each user. The chain is asked under an id made of user and achievement,
 * so that asking again after a crash mints nothing new.
 */
export async function mintReward(
  tx: Transaction,
  { events, clock, chain }: NftParts,
  earned: { readonly userId: number; readonly achievement: string; readonly title?: string | undefined },
): Promise<void> {
  const { userId, achievement } = earned;
  if (await isRewarded(tx, userId, achievement)) return;
  const minted = await chain.mint({ id: `reward:${userId}:${achievement}`, ownerId: userId });
  const { name, rarity } = rewardOf(achievement, earned.title);
  const id = uuidv7();
  await insertToken(tx, {
    id,
    chainTokenId: minted.tokenId,
    ownerId: userId,
    earnedBy: userId,
    achievement,
    name,
    rarity,
    transactionHash: minted.transactionHash,
    blockNumber: minted.blockNumber,
    mintedAt: new Date(clock.now()),
  });
  await events.publish(tx, nftMinted, { aggregateId: id, data: { tokenId: id, userId, name, achievement } });
}
