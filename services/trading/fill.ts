import { v7 as uuidv7 } from "uuid";
import type { Static } from "typebox";
import { tradeExecuted } from "../base/events/catalogue/trading.ts";
import type { EventPublisher } from "../base/events/publisher.ts";
import { formatMoney } from "../base/money.ts";
import type { Transaction } from "../base/postgres/database.ts";
import { Problem } from "../base/problem.ts";
import type { Account } from "./accounts-store.ts";
import type { Market, Order } from "./order.ts";
import type { OpeningTrade } from "./positions-store.ts";
import { openingPrice, quantityFor, sidesOf } from "./pricing.ts";
import { admit } from "./risk.ts";
import type { ExecuteReply } from "./schemas.ts";
import { cash } from "./views.ts";

/** An order that is executed as soon as it is stored. */
export interface Fill {
  readonly opening: OpeningTrade;
  readonly reply: Static<typeof ExecuteReply>;
}

/**
 * Executes an order for an account that nobody else changes meanwhile; stores nothing.
 * @throws Problem (422) what `admit` refuses, or `order-out-of-bounds` for an amount that buys nothing.
 */
export function fillOrder(order: Order, account: Account, market: Market, atMs: number): Fill {
  const { userId, direction, leverage, amount } = order;
  const { margin, fee } = admit(order, account, account.tier);
  const entryPrice = openingPrice(direction, sidesOf(market.price, market.instrument));
  const quantity = quantityFor(amount, entryPrice);
  if (quantity.isZero()) {
    throw new Problem({
      status: 422,
      code: "order-out-of-bounds",
      title: "The order is out of bounds",
      errors: [{ path: "/body/amount", message: `buys nothing at a price of ${formatMoney(entryPrice)}` }],
    });
  }
  const { symbol } = market.instrument;
  const openedAt = new Date(atMs);
  const opening: OpeningTrade = {
    id: uuidv7(),
    position: { id: uuidv7(), userId, symbol, direction, leverage, quantity, amount, margin, entryPrice, openedAt },
    fee,
  };
  return {
    opening,
    reply: {
      trade: {
        id: opening.id,
        positionId: opening.position.id,
        userId,
        symbol,
        direction,
        leverage,
        amount: cash(amount),
        price: formatMoney(entryPrice),
        quantity: formatMoney(quantity),
        margin: cash(margin),
        fee: cash(fee),
        executedAt: openedAt.toISOString(),
      },
      account: { balance: cash(account.balance.minus(margin).minus(fee)), currency: account.currency },
    },
  };
}

/** Tells the other domains of a trade, once `tx` is committed. */
export async function publishFill(events: EventPublisher, tx: Transaction, { reply: { trade } }: Fill): Promise<void> {
  const { id, positionId, userId, symbol, direction, amount, price, quantity, fee } = trade;
  const data = { tradeId: id, positionId, userId, symbol, direction, amount, price, quantity, fee };
  await events.publish(tx, tradeExecuted, { aggregateId: positionId, data });
}
