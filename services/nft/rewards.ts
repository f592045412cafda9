import { v7 as uuidv7 } from "uuid";
import type { Clock } from "../base/clock.ts";
import { nftMinted } from "../base/events/catalogue/nft.ts";
import type { EventPublisher } from "../base/events/publisher.ts";
import type { Transaction } from "../base/postgres/database.ts";
import { hooksOf } from "../base/postgres/transaction-hooks.ts";
import type { Chain } from "./chain/chain.ts";
import { wantOperation, type WantedOperation } from "./chain-operations-store.ts";
import { rewardOf } from "./reward-catalogue.ts";
import { insertToken, isRewarded } from "./tokens-store.ts";

/** What minting and selling work with. */
export interface NftParts {
  readonly events: EventPublisher;
  readonly clock: Clock;
  /** Where new tokens go. */
  readonly chain: Chain;
  /** Has the chain's runner go on. */
  readonly wakeChain: () => void;
}

/** Writes down what the chain is to do; it is done once the transaction is committed, and not within it. */
export async function want(tx: Transaction, { wakeChain }: Pick<NftParts, "wakeChain">, operation: WantedOperation): Promise<void> {
  await wantOperation(tx, operation);
  hooksOf(tx)?.afterCommit(wakeChain);
}

/**
 * Mints the reward of an achievement, once for each user: from here on it is the user's and can be sold. The chain follows,
 * under an id made of user and achievement.
 */
export async function mintReward(
  tx: Transaction,
  parts: NftParts,
  earned: { readonly userId: number; readonly achievement: string; readonly title?: string | undefined },
): Promise<void> {
  const { events, clock, chain } = parts;
  const { userId, achievement } = earned;
  if (await isRewarded(tx, userId, achievement)) return;
  const mint = `reward:${userId}:${achievement}`;
  const { name, rarity } = rewardOf(achievement, earned.title);
  const id = uuidv7();
  await insertToken(tx, {
    id,
    chain: chain.key,
    chainTokenId: chain.tokenIdOf(mint),
    ownerId: userId,
    earnedBy: userId,
    achievement,
    name,
    rarity,
    mintedAt: new Date(clock.now()),
  });
  await want(tx, parts, { id: mint, chain: chain.key, kind: "mint", tokenId: id, toId: userId });
  await events.publish(tx, nftMinted, { aggregateId: id, data: { tokenId: id, userId, name, achievement } });
}
