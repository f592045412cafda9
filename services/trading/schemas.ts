import { Type } from "typebox";
import { MoneySchema, MoneyTextSchema } from "../base/money.ts";

const UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
const Id = Type.String({ pattern: UUID, examples: ["0194b9f0-7c1e-7a55-9f0e-3d1c2b4a5968"] });
const UserId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, examples: [123] });
const Symbol = Type.String({ minLength: 1, maxLength: 32, examples: ["BTC/USD"] });
const Direction = Type.Enum(["LONG", "SHORT"], { description: "LONG wins when the price rises, SHORT when it falls." });
const Leverage = Type.Integer({ minimum: 1, maximum: 10, examples: [1] });
const Instant = Type.String({ examples: ["2025-01-31T12:00:00.000Z"] });

export const IdempotencyHeaders = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      pattern: "^[\\x21-\\x7e]{1,128}$",
      description: "The same key again gives the first answer and has no second effect; kept for a day.",
    }),
  ),
});

export const ExecuteBody = Type.Object(
  {
    user_id: Type.Optional(UserId),
    asset_symbol: Symbol,
    direction: Direction,
    amount: Type.Union([...MoneySchema.anyOf], {
      description: "Worth of the position in quote currency, up to 2 decimals. With leverage n, an n-th of it is put in.",
      examples: [1000, "1000.25"],
    }),
    leverage: Type.Optional(Leverage),
  },
  { additionalProperties: false },
);

export const ExecuteReply = Type.Object({
  trade: Type.Object({
    id: Id,
    positionId: Id,
    userId: UserId,
    symbol: Symbol,
    direction: Direction,
    leverage: Leverage,
    amount: MoneyTextSchema,
    price: MoneyTextSchema,
    quantity: MoneyTextSchema,
    margin: MoneyTextSchema,
    fee: MoneyTextSchema,
    executedAt: Instant,
  }),
  account: Type.Object({ balance: MoneyTextSchema, currency: Type.String({ examples: ["USD"] }) }),
});

export const PositionParams = Type.Object({ id: Id });

export const CloseBody = Type.Object({ user_id: Type.Optional(UserId) }, { additionalProperties: false });

export const PositionReply = Type.Object({
  id: Id,
  symbol: Symbol,
  direction: Direction,
  leverage: Leverage,
  status: Type.Enum(["open", "closed"]),
  quantity: MoneyTextSchema,
  amount: MoneyTextSchema,
  margin: MoneyTextSchema,
  entryPrice: MoneyTextSchema,
  openedAt: Instant,
  price: Type.Union([MoneyTextSchema, Type.Null()], {
    description: "Price it was closed at, or would be closed at now; null while the feed has none.",
  }),
  profit: Type.Union([MoneyTextSchema, Type.Null()], { description: "Profit at that price, fees aside." }),
  closedAt: Type.Union([Instant, Type.Null()]),
});

export const CloseReply = Type.Object({
  position: PositionReply,
  fee: MoneyTextSchema,
  payout: MoneyTextSchema,
  account: Type.Object({ balance: MoneyTextSchema, currency: Type.String() }),
});

export const PositionsQuery = Type.Object({
  status: Type.Optional(Type.Enum(["open", "closed", "all"], { default: "open" })),
  cursor: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
});

export const PositionsReply = Type.Object({
  positions: Type.Array(PositionReply),
  nextCursor: Type.Union([Id, Type.Null()], { description: "Send it as `cursor` for the next page; null: no more." }),
});

export const AccountReply = Type.Object({
  userId: UserId,
  tier: Type.String({ examples: ["standard"] }),
  currency: Type.String({ examples: ["USD"] }),
  balance: MoneyTextSchema,
  margin: MoneyTextSchema,
  exposure: MoneyTextSchema,
  openPositions: Type.Integer(),
  limits: Type.Object({
    minOrder: MoneyTextSchema,
    maxOrder: MoneyTextSchema,
    maxExposure: MoneyTextSchema,
    maxOpenPositions: Type.Integer(),
    maxLeverage: Leverage,
  }),
  openedAt: Instant,
});

export const PriceParams = Type.Object({ symbol: Type.String({ minLength: 1, maxLength: 32, examples: ["BTC-USD"] }) });

export const PriceReply = Type.Object({
  symbol: Symbol,
  name: Type.String({ examples: ["Bitcoin"] }),
  price: MoneyTextSchema,
  bid: MoneyTextSchema,
  ask: MoneyTextSchema,
  at: Instant,
});

export const PricesReply = Type.Object({ feed: Type.String({ examples: ["simulated"] }), prices: Type.Array(PriceReply) });
