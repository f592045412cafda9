import type { Decimal } from "decimal.js";
import type { Instrument } from "../instruments.ts";

/** A price and the time it is of. */
export interface Quote {
  readonly symbol: string;
  /** Middle between bid and ask, in quote currency; > 0. */
  readonly price: Decimal;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
}

/** Where prices come from. */
export interface PriceFeed {
  /** For people: logs and the price routes. */
  readonly name: string;
  /** The newest price known. @throws PriceUnavailable when there is none to be had. */
  quote(instrument: Instrument): Promise<Quote>;
  /** Closes connections. */
  close(): Promise<void>;
}

/** The feed has no price now. */
export class PriceUnavailable extends Error {
  override readonly name = "PriceUnavailable";
  readonly code = "price-unavailable";

  constructor(symbol: string, options: { readonly cause?: unknown } = {}) {
    super(`no price of ${symbol} can be had now`, options);
  }
}
