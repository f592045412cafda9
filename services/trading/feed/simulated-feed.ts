import { Decimal } from "decimal.js";
import type { Clock } from "../../base/clock.ts";
import type { Instrument } from "../instruments.ts";
import type { PriceFeed, Quote } from "./price-feed.ts";
import { walk } from "./random-walk.ts";

const MILLION = 1_000_000n;

/** The simulated price at a time: a new one each second, the same on every instance. */
export function simulatedQuote(instrument: Instrument, nowMs: number): Quote {
  const second = Math.floor(nowMs / 1000);
  const drift = walk(instrument.symbol, BigInt(second), BigInt(instrument.simulatedVolatility));
  const price = new Decimal(instrument.simulatedPrice)
    .times((MILLION + drift).toString())
    .div(MILLION.toString())
    .toDecimalPlaces(instrument.priceDecimals);
  return { symbol: instrument.symbol, price, atMs: second * 1000 };
}

/** Feed for a machine without internet: no market, but prices that move like one. */
export function simulatedFeed(clock: Clock): PriceFeed {
  // A price holds for a second, in which many orders may come.
  const newest = new Map<string, Quote>();
  const quoteOf = (instrument: Instrument): Quote => {
    const nowMs = clock.now();
    const known = newest.get(instrument.symbol);
    if (known !== undefined && Math.floor(nowMs / 1000) * 1000 === known.atMs) return known;
    const quote = simulatedQuote(instrument, nowMs);
    newest.set(instrument.symbol, quote);
    return quote;
  };
  return {
    name: "simulated",
    quote: (instrument) => Promise.resolve(quoteOf(instrument)),
    close: () => Promise.resolve(),
  };
}
