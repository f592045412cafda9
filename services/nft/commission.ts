import { Decimal } from "decimal.js";

/** Share of a sale's price that the platform keeps. */
const COMMISSION_RATE = new Decimal("0.025");

/** Decimals of a price. */
export const PRICE_DECIMALS = 2;

export interface Split {
  /** Of the platform. */
  readonly commission: Decimal;
  /** Of the seller. */
  readonly proceeds: Decimal;
}

/** Who gets what of a sale: 2.5 % rounded half up to the cent, and all the rest. The two always add up to the price. */
export function splitPrice(price: Decimal): Split {
  const commission = price.times(COMMISSION_RATE).toDecimalPlaces(PRICE_DECIMALS, Decimal.ROUND_HALF_UP);
  return { commission, proceeds: price.minus(commission) };
}
