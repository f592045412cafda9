import { Problem } from "../../base/problem.ts";
import type { Clock } from "../../base/clock.ts";
import type { Instrument } from "../instruments.ts";
import { type PriceFeed, PriceUnavailable, type Quote } from "./price-feed.ts";

/** Oldest price that an order is executed at, in milliseconds. */
export const MAX_PRICE_AGE_MS = 5_000;

/**
 * A price to trade at.
 * @throws Problem (503) `price-unavailable` where there is none, `price-stale` where it is too old.
 */
export async function freshQuote(feed: PriceFeed, instrument: Instrument, clock: Clock): Promise<Quote> {
  let quote: Quote;
  try {
    quote = await feed.quote(instrument);
  } catch (error) {
    if (!(error instanceof PriceUnavailable)) throw error;
    throw new Problem({
      status: 503,
      code: "price-unavailable",
      title: "There is no price now",
      detail: `${instrument.symbol} cannot be traded until the price feed is back.`,
      retryAfterSeconds: 5,
      cause: error,
    });
  }
  const ageMs = clock.now() - quote.atMs;
  if (ageMs <= MAX_PRICE_AGE_MS) return quote;
  throw new Problem({
    status: 503,
    code: "price-stale",
    title: "The newest price is too old",
    detail: `The price of ${instrument.symbol} is ${Math.round(ageMs / 1000)} s old; orders take at most ${MAX_PRICE_AGE_MS / 1000} s.`,
    retryAfterSeconds: 5,
  });
}
