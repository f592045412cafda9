import { Type } from "typebox";
import { defineEvent } from "../define.ts";
import { Amount, Direction, Id, AssetSymbol, UserId } from "./fields.ts";

const trade = {
  tradeId: Id,
  userId: UserId,
  symbol: AssetSymbol,
  direction: Direction,
  /** Quote currency. */
  amount: Amount,
  /** Quote currency for one unit of the base currency. */
  price: Amount,
  /** Base currency. */
  quantity: Amount,
  /** Quote currency. */
  fee: Amount,
  positionId: Id,
};

/** An order was executed and opened a position. Aggregate: the position. */
export const tradeExecuted = defineEvent({
  type: "trading.trade.executed",
  version: 1,
  data: Type.Object(trade),
});

/** A position was closed at `price`. `profit` in quote currency, negative for a loss. Aggregate: the position. */
export const positionClosed = defineEvent({
  type: "trading.position.closed",
  version: 1,
  data: Type.Object({ ...trade, profit: Amount }),
});
