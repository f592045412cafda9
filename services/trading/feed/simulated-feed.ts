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
  return {
    name: "simulated",
    quote: (instrument) => Promise.resolve(simulatedQuote(instrument, clock.now())),
    close: () => Promise.resolve(),
  };
}
