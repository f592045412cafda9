import { Type } from "typebox";
import { defineEvent } from "../define.ts";
import { Amount, Id, UserId } from "./fields.ts";

/** A token came into being. Aggregate: the token. */
export const nftMinted = defineEvent({
  type: "nft.minted",
  version: 1,
  data: Type.Object({
    tokenId: Id,
    /** First owner. */
    userId: UserId,
    name: Type.Optional(Type.String()),
    /** Key of the achievement that it rewards. */
    achievement: Type.Optional(Type.String()),
  }),
});

/** A token is for sale. Aggregate: the token. */
export const nftListed = defineEvent({
  type: "nft.listed",
  version: 1,
  data: Type.Object({ listingId: Id, tokenId: Id, sellerId: UserId, price: Amount }),
});

/** A token changed hands. `commission` is the platform's part of `price`. Aggregate: the token. */
export const nftSold = defineEvent({
  type: "nft.sold",
  version: 1,
  data: Type.Object({
    listingId: Id,
    tokenId: Id,
    sellerId: UserId,
    buyerId: UserId,
    price: Amount,
    commission: Amount,
  }),
});

/** A sale's transfer is final on the chain: the buyer's ownership cannot be undone any more. Aggregate: the token. */
export const ownershipConfirmed = defineEvent({
  type: "nft.ownership.confirmed",
  version: 1,
  data: Type.Object({
    tokenId: Id,
    listingId: Id,
    ownerId: UserId,
    transactionHash: Type.String({ minLength: 1 }),
    blockNumber: Type.Integer({ minimum: 0 }),
  }),
});
