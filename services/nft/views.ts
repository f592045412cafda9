import type { Static } from "typebox";
import { PRICE_DECIMALS } from "./commission.ts";
import type { Offer } from "./listings-store.ts";
import type { Sale } from "./marketplace.ts";
import type { OfferReply, RewardsReply, SaleReply } from "./schemas.ts";
import type { OwnedToken } from "./tokens-store.ts";

export function offerView(offer: Offer): Static<typeof OfferReply> {
  return { ...offer, price: offer.price.toFixed(PRICE_DECIMALS), listedAt: offer.listedAt.toISOString() };
}

export function saleView(sale: Sale): Static<typeof SaleReply> {
  return {
    listing: offerView(sale.offer),
    buyerId: sale.buyerId,
    commission: sale.commission.toFixed(PRICE_DECIMALS),
    proceeds: sale.proceeds.toFixed(PRICE_DECIMALS),
    soldAt: sale.at.toISOString(),
    wallet: { balance: sale.balance.toFixed(PRICE_DECIMALS) },
  };
}

/** How far a token's chain is, as far as it is known here. */
export interface ChainState {
  readonly height: number;
  readonly finalAfter: number;
}

/** A token as its owner sees it, with how deep its newest operation lies in its chain. */
export function rewardView(token: OwnedToken, chain: ChainState | undefined): Static<typeof RewardsReply>["rewards"][number] {
  const confirmations = chain === undefined || token.blockNumber === null ? 0 : Math.max(0, chain.height - token.blockNumber);
  return {
    tokenId: token.id,
    chainTokenId: token.chainTokenId,
    name: token.name,
    rarity: token.rarity,
    achievement: token.achievement,
    earned: token.earnedBy === token.ownerId,
    mintedAt: token.mintedAt.toISOString(),
    transactionHash: token.transactionHash,
    confirmations,
    confirmed: chain !== undefined && token.blockNumber !== null && confirmations >= chain.finalAfter,
    listingId: token.listingId,
  };
}
