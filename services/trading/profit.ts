import { Decimal } from "decimal.js";
import { CASH_DECIMALS, type Direction, feeOn } from "./pricing.ts";

/** What of a position decides its profit. */
export interface Holding {
  readonly direction: Direction;
  readonly quantity: Decimal;
  readonly entryPrice: Decimal;
  readonly margin: Decimal;
}

/** What closing a position comes to, all in quote currency. */
export interface Settlement {
  /** Worth of the quantity at the closing price. */
  readonly amount: Decimal;
  /** Negative for a loss; never below the margin. */
  readonly profit: Decimal;
  readonly fee: Decimal;
  /** What goes back to the balance, >= 0. */
  readonly payout: Decimal;
}

/** Profit at a price, rounded down to the cent. A loss ends at the margin: nobody owes more than they put in. */
export function profitAt(holding: Holding, price: Decimal): Decimal {
  const rise = holding.direction === "LONG" ? price.minus(holding.entryPrice) : holding.entryPrice.minus(price);
  const profit = rise.times(holding.quantity).toDecimalPlaces(CASH_DECIMALS, Decimal.ROUND_FLOOR);
  return Decimal.max(profit, holding.margin.negated());
}

/** What closing at this price comes to. The fee is taken from what comes back, and ends with it. */
export function settle(holding: Holding, price: Decimal): Settlement {
  const amount = holding.quantity.times(price).toDecimalPlaces(CASH_DECIMALS, Decimal.ROUND_HALF_EVEN);
  const profit = profitAt(holding, price);
  const returned = holding.margin.plus(profit);
  const fee = Decimal.min(feeOn(amount), returned);
  return { amount, profit, fee, payout: returned.minus(fee) };
}
