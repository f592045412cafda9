import { Decimal } from "decimal.js";
import { v7 as uuidv7 } from "uuid";
import { nftListed, nftSold } from "../base/events/catalogue/nft.ts";
import type { Database } from "../base/postgres/database.ts";
import { Problem } from "../base/problem.ts";
import { PRICE_DECIMALS, splitPrice } from "./commission.ts";
import { requireBuyer, requireOpen, requirePrice } from "./listing-rules.ts";
import { endCancelled, endSold, insertListing, lockOffer, type Offer } from "./listings-store.ts";
import { type NftParts, want } from "./rewards.ts";
import { changeOwner, lockOwnToken } from "./tokens-store.ts";
import { changeBalance, lockWallets } from "./wallets-store.ts";

export interface MarketplaceParts extends NftParts {
  readonly database: Database;
}

/** What a sale came to. */
export interface Sale {
  readonly offer: Offer;
  readonly buyerId: number;
  readonly commission: Decimal;
  readonly proceeds: Decimal;
  /** What is left in the buyer's wallet. */
  readonly balance: Decimal;
  readonly at: Date;
}

function noSuchListing(id: string): Problem {
  return new Problem({
    status: 404,
    code: "listing-not-found",
    title: "There is no such listing",
    errors: [{ path: "/params/id", message: `no listing has the id ${id}` }],
  });
}

/**
 * Offers a token of this seller.
 * @throws Problem `price-out-of-bounds` (422), `token-not-found` (404; another's token is not found either),
 * `token-listed` (409).
 */
export function listToken(
  parts: MarketplaceParts,
  wanted: { readonly sellerId: number; readonly tokenId: string; readonly price: Decimal },
): Promise<Offer> {
  requirePrice(wanted.price);
  return parts.database.transaction(async (tx) => {
    const { sellerId, tokenId, price } = wanted;
    const token = await lockOwnToken(tx, sellerId, tokenId);
    if (!token) {
      throw new Problem({
        status: 404,
        code: "token-not-found",
        title: "There is no such token",
        errors: [{ path: "/body/token_id", message: `you own no token ${tokenId}` }],
      });
    }
    const listing = { id: uuidv7(), tokenId, sellerId, price, listedAt: new Date(parts.clock.now()) };
    if (!(await insertListing(tx, listing))) {
      throw new Problem({
        status: 409,
        code: "token-listed",
        title: "The token is for sale already",
        errors: [{ path: "/body/token_id", message: "is listed already; cancel that listing first" }],
      });
    }
    await parts.events.publish(tx, nftListed, {
      aggregateId: tokenId,
      data: { listingId: listing.id, tokenId, sellerId, price: price.toFixed(PRICE_DECIMALS) },
    });
    const { chain, chainTokenId, name, rarity, achievement } = token;
    return { ...listing, status: "open", chain, chainTokenId, name, rarity, achievement };
  });
}

/**
 * Takes an offer of this seller back.
 * @throws Problem `listing-not-found` (404), `not-your-listing` (403), `listing-ended` (409).
 */
export function cancelListing(parts: MarketplaceParts, sellerId: number, id: string): Promise<Offer> {
  return parts.database.transaction(async (tx) => {
    const offer = await lockOffer(tx, id);
    if (!offer) throw noSuchListing(id);
    if (offer.sellerId !== sellerId) {
      throw new Problem({
        status: 403,
        code: "not-your-listing",
        title: "This is another user's",
        errors: [{ path: "/params/id", message: "is another seller's listing" }],
      });
    }
    requireOpen(offer.status);
    await endCancelled(tx, id, new Date(parts.clock.now()));
    return { ...offer, status: "cancelled" };
  });
}

/**
 * Sells an offer to this buyer: money, ownership and event, all or nothing. Of several buyers at once one gets it. The
 * chain's transfer is written down with it and follows: no chain is waited for while money is locked.
 * @throws Problem `listing-not-found` (404), `listing-ended` or `own-listing` (409), `insufficient-balance` (422).
 */
export function buy(parts: MarketplaceParts, buyerId: number, id: string): Promise<Sale> {
  return parts.database.transaction(async (tx) => {
    const offer = await lockOffer(tx, id);
    if (!offer) throw noSuchListing(id);
    requireOpen(offer.status);
    const balances = await lockWallets(tx, [buyerId, offer.sellerId]);
    const balance = balances.get(buyerId) ?? new Decimal(0);
    requireBuyer({ id: buyerId, balance }, offer);

    const { commission, proceeds } = splitPrice(offer.price);
    const at = new Date(parts.clock.now());
    await changeBalance(tx, buyerId, offer.price.negated());
    await changeBalance(tx, offer.sellerId, proceeds);
    await endSold(tx, { id, buyerId, commission, at });
    await changeOwner(tx, { tokenId: offer.tokenId, ownerId: buyerId });
    await want(tx, parts, { id: `sale:${id}`, chain: offer.chain, kind: "transfer", tokenId: offer.tokenId, toId: buyerId, listingId: id });
    await parts.events.publish(tx, nftSold, {
      aggregateId: offer.tokenId,
      data: {
        listingId: id,
        tokenId: offer.tokenId,
        sellerId: offer.sellerId,
        buyerId,
        price: offer.price.toFixed(PRICE_DECIMALS),
        commission: commission.toFixed(PRICE_DECIMALS),
      },
    });
    return { offer: { ...offer, status: "sold" }, buyerId, commission, proceeds, balance: balance.minus(offer.price), at };
  });
}
