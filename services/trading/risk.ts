import { Decimal } from "decimal.js";
import { Problem, type FieldError } from "../base/problem.ts";
import { CASH_DECIMALS, feeOn, marginFor } from "./pricing.ts";
import type { Tier } from "./tiers.ts";

/** What of an account decides whether it may take an order. */
export interface Means {
  readonly balance: Decimal;
  readonly exposure: Decimal;
  readonly openPositions: number;
}

export interface OrderSize {
  /** Worth of the position in quote currency. */
  readonly amount: Decimal;
  readonly leverage: number;
}

/** What an order takes from the balance. */
export interface OrderCost {
  readonly margin: Decimal;
  readonly fee: Decimal;
}

function refusal(code: string, title: string, path: string, message: string): Problem {
  return new Problem({ status: 422, code, title, errors: [{ path, message }] });
}

/** All that is wrong with an order's size, whatever the account holds. */
export function sizeErrors(order: OrderSize, tier: Tier): FieldError[] {
  const { amount, leverage } = order;
  const errors: FieldError[] = [];
  if (amount.decimalPlaces() > CASH_DECIMALS) {
    errors.push({ path: "/body/amount", message: `takes at most ${CASH_DECIMALS} decimals` });
  }
  if (amount.lt(tier.minOrder) || amount.gt(tier.maxOrder)) {
    errors.push({ path: "/body/amount", message: `takes ${tier.minOrder} to ${tier.maxOrder} in quote currency` });
  }
  if (!Number.isInteger(leverage) || leverage < 1 || leverage > tier.maxLeverage) {
    errors.push({ path: "/body/leverage", message: `takes a whole number from 1 to ${tier.maxLeverage}` });
  }
  return errors;
}

/**
 * Whether the account may take the order, and what it costs.
 * @throws Problem (422) `order-out-of-bounds`, `position-limit`, `exposure-limit` or `insufficient-balance`.
 */
export function admit(order: OrderSize, means: Means, tier: Tier): OrderCost {
  const errors = sizeErrors(order, tier);
  if (errors.length > 0) {
    throw new Problem({ status: 422, code: "order-out-of-bounds", title: "The order is out of bounds", errors });
  }
  if (means.openPositions >= tier.maxOpenPositions) {
    throw refusal(
      "position-limit",
      "Too many open positions",
      "/body/user_id",
      `has ${means.openPositions} open positions of at most ${tier.maxOpenPositions}; close one first`,
    );
  }
  if (means.exposure.plus(order.amount).gt(tier.maxExposure)) {
    const left = Decimal.max(0, new Decimal(tier.maxExposure).minus(means.exposure)).toFixed(CASH_DECIMALS);
    throw refusal("exposure-limit", "Too much exposure", "/body/amount", `open positions leave room for ${left} more`);
  }
  const cost = { margin: marginFor(order.amount, order.leverage), fee: feeOn(order.amount) };
  const needed = cost.margin.plus(cost.fee);
  if (needed.gt(means.balance)) {
    throw refusal(
      "insufficient-balance",
      "The balance is too low",
      "/body/amount",
      `needs ${needed.toFixed(CASH_DECIMALS)} with the fee; the balance is ${means.balance.toFixed(CASH_DECIMALS)}`,
    );
  }
  return cost;
}
