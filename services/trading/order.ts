import type { Decimal } from "decimal.js";
import type { Evidence } from "./account-opener.ts";
import type { IdempotentRequest } from "./idempotency-store.ts";
import type { Instrument } from "./instruments.ts";
import type { Direction } from "./pricing.ts";

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

/** What is traded, and at which price of the feed. */
export interface Market {
  readonly instrument: Instrument;
  readonly price: Decimal;
}

/** An order that only the account has to admit. */
export interface PricedOrder {
  readonly order: Order;
  readonly market: Market;
  readonly origin: Origin;
}
