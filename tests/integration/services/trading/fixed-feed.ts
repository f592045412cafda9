import { Decimal } from "decimal.js";
import { type PriceFeed, PriceUnavailable } from "../../../../services/trading/feed/price-feed.ts";

/** A feed whose price and age the test decides. */
export class FixedFeed implements PriceFeed {
  readonly name = "fixed";
  /** `null`: it has no price. */
  price: string | null = "100";
  ageMs = 0;

  quote({ symbol }: { readonly symbol: string }) {
    if (this.price === null) return Promise.reject(new PriceUnavailable(symbol));
    return Promise.resolve({ symbol, price: new Decimal(this.price), atMs: Date.now() - this.ageMs });
  }

  close() {
    return Promise.resolve();
  }
}
