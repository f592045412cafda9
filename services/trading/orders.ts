import type { Decimal } from "decimal.js";
import { v7 as uuidv7 } from "uuid";
import type { Static } from "typebox";
import type { Clock } from "../base/clock.ts";
import { positionClosed, tradeExecuted } from "../base/events/catalogue/trading.ts";
import type { EventPublisher } from "../base/events/publisher.ts";
import { formatMoney } from "../base/money.ts";
import type { Database, Transaction } from "../base/postgres/database.ts";
import { Problem } from "../base/problem.ts";
import { type Account, lockAccount } from "./accounts-store.ts";
import { ensureAccount, type Evidence } from "./account-opener.ts";
import { freshQuote } from "./feed/fresh-quote.ts";
import type { PriceFeed } from "./feed/price-feed.ts";
import { type Outcome, once } from "./idempotency.ts";
import { earlierResponse, type IdempotentRequest } from "./idempotency-store.ts";
import { findInstrument, type Instrument, knownSymbols } from "./instruments.ts";
import { findPosition, type Position, recordClosing, recordOpening } from "./positions-store.ts";
import { cash, positionView } from "./views.ts";
import { closingPrice, type Direction, openingPrice, quantityFor, sidesOf } from "./pricing.ts";
import { settle } from "./profit.ts";
import { admit } from "./risk.ts";
import type { CloseReply, ExecuteReply } from "./schemas.ts";

/** What orders work with. */
export interface TradingParts {
  readonly database: Database;
  readonly events: EventPublisher;
  readonly clock: Clock;
  readonly feed: PriceFeed;
}

/** A market order that opens a position. */
export interface Order {
  readonly userId: number;
  readonly symbol: string;
  readonly direction: Direction;
  readonly amount: Decimal;
  /** [1, 10] */
  readonly leverage: number;
}

/** Who wants it, and whether it must not be done twice. */
export interface Origin {
  readonly evidence: Evidence;
  readonly idempotency?: IdempotentRequest | undefined;
}

/** Inside the transaction only: the account has to be opened first, outside of it. */
class AccountMissing extends Error {
  override readonly name = "AccountMissing";
}

/** @throws Problem `unknown-symbol` (422), which names the field. */
function requireInstrument(symbol: string): Instrument {
  const instrument = findInstrument(symbol);
  if (instrument) return instrument;
  throw new Problem({
    status: 422,
    code: "unknown-symbol",
    title: "There is no such asset",
    errors: [{ path: "/body/asset_symbol", message: `"${symbol}" is not traded here; known: ${knownSymbols}` }],
  });
}

function noSuchPosition(id: string): Problem {
  return new Problem({
    status: 404,
    code: "position-not-found",
    title: "There is no such position",
    errors: [{ path: "/params/id", message: `you have no position ${id}` }],
  });
}

/** Runs `work` and, where the user turns out to have no account yet, once more after opening it. */
async function withAccount<T>(parts: TradingParts, userId: number, evidence: Evidence, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AccountMissing)) throw error;
    await ensureAccount(parts.database, userId, evidence);
    return work();
  }
}

async function requireLockedAccount(tx: Transaction, userId: number): Promise<Account> {
  const account = await lockAccount(tx, userId);
  if (!account) throw new AccountMissing();
  return account;
}

async function open(
  tx: Transaction,
  parts: TradingParts,
  order: Order,
  market: { readonly instrument: Instrument; readonly price: Decimal },
): Promise<Static<typeof ExecuteReply>> {
  const account = await requireLockedAccount(tx, order.userId);
  const { margin, fee } = admit(order, account, account.tier);
  const entryPrice = openingPrice(order.direction, sidesOf(market.price, market.instrument));
  const quantity = quantityFor(order.amount, entryPrice);
  if (quantity.isZero()) {
    throw new Problem({
      status: 422,
      code: "order-out-of-bounds",
      title: "The order is out of bounds",
      errors: [{ path: "/body/amount", message: `buys nothing at a price of ${formatMoney(entryPrice)}` }],
    });
  }
  const { userId, direction, leverage, amount } = order;
  const { symbol } = market.instrument;
  const openedAt = new Date(parts.clock.now());
  const position: Position = { id: uuidv7(), userId, symbol, direction, leverage, quantity, amount, margin, entryPrice, openedAt };
  const trade = {
    tradeId: uuidv7(),
    userId,
    symbol,
    direction,
    amount: cash(amount),
    price: formatMoney(entryPrice),
    quantity: formatMoney(quantity),
    fee: cash(fee),
    positionId: position.id,
  };
  await recordOpening(tx, { id: trade.tradeId, position, fee });
  await parts.events.publish(tx, tradeExecuted, { aggregateId: position.id, data: trade });
  const { tradeId, ...terms } = trade;
  return {
    trade: { id: tradeId, ...terms, leverage, margin: cash(margin), executedAt: openedAt.toISOString() },
    // The account is locked, so nobody else has changed it.
    account: { balance: cash(account.balance.minus(margin).minus(fee)), currency: account.currency },
  };
}

/**
 * Executes a market order at the feed's price: the position, the money and the event, all or nothing.
 * @throws Problem `unknown-symbol` or a risk limit (422), `account-not-found` (404), `price-unavailable` or `price-stale` (503).
 */
export async function executeOrder(
  parts: TradingParts,
  order: Order,
  origin: Origin,
): Promise<Outcome<Static<typeof ExecuteReply>>> {
  const { database, feed, clock } = parts;
  const instrument = requireInstrument(order.symbol);
  const earlier = origin.idempotency && (await earlierResponse<Static<typeof ExecuteReply>>(database, origin.idempotency));
  if (earlier) return { response: earlier, replayed: true };
  const { price } = await freshQuote(feed, instrument, clock);
  return withAccount(parts, order.userId, origin.evidence, () =>
    once(database, origin.idempotency, (tx) => open(tx, parts, order, { instrument, price })),
  );
}

async function close(
  tx: Transaction,
  parts: TradingParts,
  wanted: { readonly userId: number; readonly id: string },
  price: Decimal,
): Promise<Static<typeof CloseReply>> {
  const account = await requireLockedAccount(tx, wanted.userId);
  const position = await findPosition(tx, wanted.userId, wanted.id);
  if (!position) throw noSuchPosition(wanted.id);
  if (position.closed) {
    throw new Problem({
      status: 409,
      code: "position-closed",
      title: "The position is closed already",
      errors: [{ path: "/params/id", message: `was closed at ${position.closed.at.toISOString()}` }],
    });
  }
  const settlement = settle(position, price);
  const at = new Date(parts.clock.now());
  const tradeId = uuidv7();
  await recordClosing(tx, { id: tradeId, position, price, settlement, at });
  await parts.events.publish(tx, positionClosed, {
    aggregateId: position.id,
    data: {
      tradeId,
      userId: position.userId,
      symbol: position.symbol,
      direction: position.direction,
      amount: cash(settlement.amount),
      price: formatMoney(price),
      quantity: formatMoney(position.quantity),
      fee: cash(settlement.fee),
      positionId: position.id,
      profit: cash(settlement.profit),
    },
  });
  return {
    position: positionView({ ...position, closed: { price, profit: settlement.profit, at } }, undefined),
    fee: cash(settlement.fee),
    payout: cash(settlement.payout),
    account: { balance: cash(account.balance.plus(settlement.payout)), currency: account.currency },
  };
}

/**
 * Closes a position of this user at the feed's price.
 * @throws Problem `position-not-found` (404; another's position is not found either), `position-closed` (409),
 * `price-unavailable` or `price-stale` (503).
 */
export async function closePosition(
  parts: TradingParts,
  wanted: { readonly userId: number; readonly id: string },
  idempotency: IdempotentRequest | undefined,
): Promise<Outcome<Static<typeof CloseReply>>> {
  const { database, feed, clock } = parts;
  const earlier = idempotency && (await earlierResponse<Static<typeof CloseReply>>(database, idempotency));
  if (earlier) return { response: earlier, replayed: true };
  const position = await findPosition(database, wanted.userId, wanted.id);
  if (!position) throw noSuchPosition(wanted.id);
  const instrument = requireInstrument(position.symbol);
  const quote = await freshQuote(feed, instrument, clock);
  const price = closingPrice(position.direction, sidesOf(quote.price, instrument));
  return once(database, idempotency, (tx) => close(tx, parts, wanted, price));
}
