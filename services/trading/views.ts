import type { Decimal } from "decimal.js";
import type { Static } from "typebox";
import { formatMoney } from "../base/money.ts";
import type { Account } from "./accounts-store.ts";
import type { Quote } from "./feed/price-feed.ts";
import type { Instrument } from "./instruments.ts";
import type { Position } from "./positions-store.ts";
import { CASH_DECIMALS, closingPrice, sidesOf } from "./pricing.ts";
import { profitAt } from "./profit.ts";
import type { AccountReply, PositionReply, PriceReply } from "./schemas.ts";

/** An amount in quote currency as it is emitted: always two decimals. */
export function cash(amount: Decimal): string {
  return amount.toFixed(CASH_DECIMALS);
}

export function priceView(quote: Quote, instrument: Instrument): Static<typeof PriceReply> {
  const { bid, ask } = sidesOf(quote.price, instrument);
  return {
    symbol: instrument.symbol,
    name: instrument.name,
    price: formatMoney(quote.price),
    bid: formatMoney(bid),
    ask: formatMoney(ask),
    at: new Date(quote.atMs).toISOString(),
  };
}

/** A position with its profit: the final one, or what closing at `priceNow` would give. */
export function positionView(position: Position, priceNow: Decimal | undefined): Static<typeof PositionReply> {
  const price = position.closed?.price ?? priceNow;
  const profit = position.closed?.profit ?? (priceNow && profitAt(position, priceNow));
  return {
    id: position.id,
    symbol: position.symbol,
    direction: position.direction,
    leverage: position.leverage,
    status: position.closed ? "closed" : "open",
    quantity: formatMoney(position.quantity),
    amount: cash(position.amount),
    margin: cash(position.margin),
    entryPrice: formatMoney(position.entryPrice),
    openedAt: position.openedAt.toISOString(),
    price: price ? formatMoney(price) : null,
    profit: profit ? cash(profit) : null,
    closedAt: position.closed?.at.toISOString() ?? null,
  };
}

/** Price that an open position would be closed at. */
export function priceToClose(position: Position, quote: Quote, instrument: Instrument): Decimal {
  return closingPrice(position.direction, sidesOf(quote.price, instrument));
}

export function accountView(account: Account): Static<typeof AccountReply> {
  const { minOrder, maxOrder, maxExposure, maxOpenPositions, maxLeverage } = account.tier;
  return {
    userId: account.userId,
    tier: account.tier.name,
    currency: account.currency,
    balance: cash(account.balance),
    margin: cash(account.margin),
    exposure: cash(account.exposure),
    openPositions: account.openPositions,
    limits: { minOrder, maxOrder, maxExposure, maxOpenPositions, maxLeverage },
    openedAt: account.openedAt.toISOString(),
  };
}
