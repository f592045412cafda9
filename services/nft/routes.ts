import type { Decimal } from "decimal.js";
import { parseMoney } from "../base/money.ts";
import { Problem } from "../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { PRICE_DECIMALS } from "./commission.ts";
import { listOffers } from "./listings-store.ts";
import { buy, cancelListing, listToken, type MarketplaceParts } from "./marketplace.ts";
import {
  CallerBody,
  ListBody,
  ListingParams,
  MarketplaceReply,
  OfferReply,
  PageQuery,
  RewardsReply,
  SaleReply,
  WalletReply,
} from "./schemas.ts";
import { listOwnTokens } from "./tokens-store.ts";
import { type ChainState, offerView, rewardView, saleView } from "./views.ts";
import { balanceOf } from "./wallets-store.ts";

/** Marks a route in the API document as one that asks who is calling. */
const SIGNED_IN = [{ token: [] }];

const PAGE = 50;

/** @throws Problem `invalid-amount` (400), which names the field. */
function priceOf(value: number | string): Decimal {
  try {
    return parseMoney(value);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { status, code, title, detail } = error;
    throw new Problem({ status, code, title, errors: [{ path: "/body/price", message: detail ?? title }] });
  }
}

/** One page of what was found with one more than the page takes. */
function pageOf<T extends { readonly id: string }>(found: readonly T[], limit: number): { items: T[]; nextCursor: string | null } {
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Where the chains stand that tokens are on, by their keys; without those that nobody can tell of. */
export type ChainStates = () => Promise<ReadonlyMap<string, ChainState>>;

/** What the caller owns: tokens and the wallet. */
export function ownRoutes(app: ServiceApp, { auth }: ServiceContext, { database, chain }: MarketplaceParts, chainStates: ChainStates): void {
  app.get(
    "/rewards",
    { schema: { summary: "The caller's tokens, newest first", tags: ["rewards"], security: SIGNED_IN, querystring: PageQuery, response: { 200: RewardsReply } } },
    async (request) => {
      const userId = await auth.requireUser(request);
      const { cursor, limit = PAGE } = request.query;
      const { items, nextCursor } = pageOf(await listOwnTokens(database, userId, { cursor, limit: limit + 1 }), limit);
      const states = await chainStates();
      return { chain: chain.name, rewards: items.map((token) => rewardView(token, states.get(token.chain))), nextCursor };
    },
  );

  app.get(
    "/wallet",
    { schema: { summary: "The caller's marketplace wallet", tags: ["marketplace"], security: SIGNED_IN, response: { 200: WalletReply } } },
    async (request) => {
      const userId = await auth.requireUser(request);
      return { userId, currency: "USD", balance: (await balanceOf(database, userId)).toFixed(PRICE_DECIMALS) };
    },
  );
}

/** Offering, taking back, looking and buying. */
export function marketplaceRoutes(app: ServiceApp, context: ServiceContext, parts: MarketplaceParts): void {
  const { auth, metrics } = context;
  const listing = metrics.operation("list-nft");
  const cancelling = metrics.operation("cancel-listing");
  const buying = metrics.operation("buy-nft");

  app.get(
    "/marketplace",
    { schema: { summary: "Open listings, newest first", tags: ["marketplace"], querystring: PageQuery, response: { 200: MarketplaceReply } } },
    async (request) => {
      const { cursor, limit = PAGE } = request.query;
      const { items, nextCursor } = pageOf(await listOffers(parts.database, { cursor, limit: limit + 1 }), limit);
      return { listings: items.map(offerView), nextCursor };
    },
  );

  app.post(
    "/listings",
    { schema: { summary: "Offer one of the caller's tokens", tags: ["marketplace"], security: SIGNED_IN, body: ListBody, response: { 201: OfferReply } } },
    (request, reply) =>
      listing.run(async () => {
        const { user_id, token_id, price } = request.body;
        const sellerId = await auth.requireUser(request, user_id);
        const offer = await listToken(parts, { sellerId, tokenId: token_id, price: priceOf(price) });
        return reply.code(201).send(offerView(offer));
      }),
  );

  app.delete(
    "/listings/:id",
    {
      schema: {
        summary: "Take one of the caller's offers back",
        tags: ["marketplace"],
        security: SIGNED_IN,
        params: ListingParams,
        response: { 200: OfferReply },
      },
    },
    (request) =>
      cancelling.run(async () => offerView(await cancelListing(parts, await auth.requireUser(request), request.params.id))),
  );

  app.post(
    "/listings/:id/buy",
    {
      schema: {
        summary: "Buy an offered token; it is the buyer's at once, and the chain follows",
        tags: ["marketplace"],
        security: SIGNED_IN,
        params: ListingParams,
        body: CallerBody,
        response: { 200: SaleReply },
      },
    },
    (request) =>
      buying.run(async () => {
        const buyerId = await auth.requireUser(request, request.body?.user_id);
        return saleView(await buy(parts, buyerId, request.params.id));
      }),
  );
}
