import { Decimal } from "decimal.js";
import type { Instrument } from "./instruments.ts";

export type Direction = "LONG" | "SHORT";

/** What one can sell at (`bid`) and buy at (`ask`), in quote currency for one unit. */
export interface Sides {
  readonly bid: Decimal;
  readonly ask: Decimal;
}

/** Decimals of an amount in quote currency. */
export const CASH_DECIMALS = 2;

/** Decimals of a quantity in base currency. */
export const QUANTITY_DECIMALS = 8;

/** Share of an order's worth that a trade costs. */
const FEE_RATE = new Decimal("0.001");

const BASIS_POINTS = 10_000;

/** Bid and ask around the feed's price, half of the spread to each side, rounded away from it. */
export function sidesOf(price: Decimal, instrument: Instrument): Sides {
  const half = price.times(instrument.spreadBasisPoints).div(2 * BASIS_POINTS);
  return {
    bid: price.minus(half).toDecimalPlaces(instrument.priceDecimals, Decimal.ROUND_DOWN),
    ask: price.plus(half).toDecimalPlaces(instrument.priceDecimals, Decimal.ROUND_UP),
  };
}

/** A LONG buys when it opens and sells when it closes, a SHORT the other way round. */
export function openingPrice(direction: Direction, sides: Sides): Decimal {
  return direction === "LONG" ? sides.ask : sides.bid;
}

export function closingPrice(direction: Direction, sides: Sides): Decimal {
  return direction === "LONG" ? sides.bid : sides.ask;
}

/** How much an amount buys, rounded down. */
export function quantityFor(amount: Decimal, price: Decimal): Decimal {
  return amount.div(price).toDecimalPlaces(QUANTITY_DECIMALS, Decimal.ROUND_DOWN);
}

/** Fee on an amount in quote currency: 0.1 %, rounded up to the cent. */
export function feeOn(amount: Decimal): Decimal {
  return amount.times(FEE_RATE).toDecimalPlaces(CASH_DECIMALS, Decimal.ROUND_UP);
}

/** Part of the amount that the account puts in: the rest is lent. Rounded up to the cent. */
export function marginFor(amount: Decimal, leverage: number): Decimal {
  return amount.div(leverage).toDecimalPlaces(CASH_DECIMALS, Decimal.ROUND_UP);
}
