import type { Decimal } from "decimal.js";
import { v7 as uuidv7 } from "uuid";
import type { Static } from "typebox";
import { positionClosed } from "../base/events/catalogue/trading.ts";
import { formatMoney } from "../base/money.ts";
import type { Transaction } from "../base/postgres/database.ts";
import { Problem } from "../base/problem.ts";
import { type Account, lockAccount } from "./accounts-store.ts";
import { ensureAccount, type Evidence } from "./account-opener.ts";
import { freshQuote } from "./feed/fresh-quote.ts";
import type { PriceFeed } from "./feed/price-feed.ts";
import { fillOrder, publishFill } from "./fill.ts";
import { type Outcome, once } from "./idempotency.ts";
import { earlierResponse, type IdempotentRequest } from "./idempotency-store.ts";
import { findInstrument, type Instrument, knownSymbols } from "./instruments.ts";
import type { Order, Origin, PricedOrder } from "./order.ts";
import type { DeskParts, OrderDesk } from "./order-desk.ts";
import { findPosition, recordClosing, recordOpenings } from "./positions-store.ts";
import { cash, positionView } from "./views.ts";
import { closingPrice, sidesOf } from "./pricing.ts";
import { settle } from "./profit.ts";
import type { CloseReply, ExecuteReply } from "./schemas.ts";

/** What orders work with. */
export interface TradingParts extends DeskParts {
  readonly feed: PriceFeed;
  readonly desk: OrderDesk;
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

/** The feed's price, or what was answered to this request before, when there was one. */
async function priceOrEarlier<T>(
  parts: TradingParts,
  instrument: Instrument,
  idempotency: IdempotentRequest | undefined,
): Promise<{ readonly price: Decimal } | { readonly earlier: T }> {
  try {
    return { price: (await freshQuote(parts.feed, instrument, parts.clock)).price };
  } catch (error) {
    const earlier = idempotency && (await earlierResponse<T>(parts.database, idempotency));
    if (earlier === undefined) throw error;
    return { earlier };
  }
}

/** Runs `work` in a transaction that holds the user's account, which is what keeps requests with one key apart; once for a key. */
function holdingAccount<T>(
  parts: TradingParts,
  userId: number,
  idempotency: IdempotentRequest | undefined,
  work: (tx: Transaction, account: Account) => Promise<T>,
): Promise<Outcome<T>> {
  return parts.database.transaction(async (tx) => {
    const account = await requireLockedAccount(tx, userId);
    return once(tx, idempotency, () => work(tx, account));
  });
}

/** Executes an order in a transaction of its own, however long somebody else holds its account. */
function executeAlone(parts: TradingParts, priced: PricedOrder): Promise<Outcome<Static<typeof ExecuteReply>>> {
  const { order, market, origin } = priced;
  return withAccount(parts, order.userId, origin.evidence, () =>
    holdingAccount(parts, order.userId, origin.idempotency, async (tx, account) => {
      const fill = fillOrder(order, account, market, parts.clock.now());
      await recordOpenings(tx, [fill.opening]);
      await publishFill(parts.events, tx, fill);
      return fill.reply;
    }),
  );
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
  const instrument = requireInstrument(order.symbol);
  const found = await priceOrEarlier<Static<typeof ExecuteReply>>(parts, instrument, origin.idempotency);
  if ("earlier" in found) return { response: found.earlier, replayed: true };
  const priced: PricedOrder = { order, origin, market: { instrument, price: found.price } };
  return (await parts.desk.execute(priced)) ?? executeAlone(parts, priced);
}

async function close(
  tx: Transaction,
  parts: TradingParts,
  account: Account,
  wanted: { readonly userId: number; readonly id: string },
  price: Decimal,
): Promise<Static<typeof CloseReply>> {
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
  const position = await findPosition(parts.database, wanted.userId, wanted.id);
  if (!position) throw noSuchPosition(wanted.id);
  const instrument = requireInstrument(position.symbol);
  const found = await priceOrEarlier<Static<typeof CloseReply>>(parts, instrument, idempotency);
  if ("earlier" in found) return { response: found.earlier, replayed: true };
  const price = closingPrice(position.direction, sidesOf(found.price, instrument));
  return holdingAccount(parts, wanted.userId, idempotency, (tx, account) => close(tx, parts, account, wanted, price));
}
