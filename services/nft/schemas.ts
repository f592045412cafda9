import { Type } from "typebox";
import { MoneySchema, MoneyTextSchema } from "../base/money.ts";

const UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
const Id = Type.String({ pattern: UUID, examples: ["0194b9f0-7c1e-7a55-9f0e-3d1c2b4a5968"] });
const UserId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, examples: [123] });
const Instant = Type.String({ examples: ["2025-01-31T12:00:00.000Z"] });
const Rarity = Type.Enum(["common", "rare", "epic", "legendary"]);
const NextCursor = Type.Union([Id, Type.Null()], { description: "Send it as `cursor` for the next page; null: no more." });
const TransactionHash = Type.Union([Type.String(), Type.Null()], {
  description: "Of the token's newest operation on the chain; null until the chain has taken it, some time after the sale or the reward.",
});

const token = {
  tokenId: Id,
  chainTokenId: Type.String({ description: "Number of the token in its contract." }),
  name: Type.String({ examples: ["Opening Bell"] }),
  rarity: Rarity,
  achievement: Type.String({ examples: ["first-trade"] }),
};

export const PageQuery = Type.Object({
  cursor: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
});

export const RewardsReply = Type.Object({
  chain: Type.String({ examples: ["simulated"] }),
  rewards: Type.Array(
    Type.Object({
      ...token,
      earned: Type.Boolean({ description: "True: earned by the caller; false: bought." }),
      mintedAt: Instant,
      transactionHash: TransactionHash,
      confirmations: Type.Integer({ minimum: 0 }),
      confirmed: Type.Boolean({ description: "Final on the chain." }),
      listingId: Type.Union([Id, Type.Null()], { description: "The open listing that offers it." }),
    }),
  ),
  nextCursor: NextCursor,
});

export const OfferReply = Type.Object({
  id: Id,
  ...token,
  sellerId: UserId,
  price: MoneyTextSchema,
  status: Type.Enum(["open", "sold", "cancelled"]),
  listedAt: Instant,
});

export const MarketplaceReply = Type.Object({ listings: Type.Array(OfferReply), nextCursor: NextCursor });

export const ListBody = Type.Object(
  {
    user_id: Type.Optional(UserId),
    token_id: Id,
    price: Type.Union([...MoneySchema.anyOf], { description: "Price with up to 2 decimals.", examples: ["25.00", 25] }),
  },
  { additionalProperties: false },
);

export const ListingParams = Type.Object({ id: Id });

/** A body is not needed; in mode `dev` it may name the caller. */
export const CallerBody = Type.Union([
  Type.Object({ user_id: Type.Optional(UserId) }, { additionalProperties: false }),
  Type.Null(),
]);

export const SaleReply = Type.Object({
  listing: OfferReply,
  buyerId: UserId,
  commission: MoneyTextSchema,
  proceeds: MoneyTextSchema,
  soldAt: Instant,
  wallet: Type.Object({ balance: MoneyTextSchema }),
});

export const WalletReply = Type.Object({ userId: UserId, currency: Type.String({ examples: ["USD"] }), balance: MoneyTextSchema });
