import { EnvironmentReader } from "../base/config.ts";

export interface TradingSettings {
  /** Base address of a real price API; absent: simulated prices. */
  readonly priceFeedUrl?: string;
}

/**
 * What trading alone takes from the environment: `ASTRA_PRICE_FEED_URL`.
 * @throws ConfigError for an address that is none.
 */
export function readTradingSettings(environment: Readonly<Record<string, string | undefined>> = process.env): TradingSettings {
  const read = new EnvironmentReader(environment);
  const url = read.text("ASTRA_PRICE_FEED_URL", "");
  if (url === "") return {};
  const protocol = URL.parse(url)?.protocol;
  if (protocol !== "http:" && protocol !== "https:") {
    read.problems.push(`ASTRA_PRICE_FEED_URL: takes an http or https address such as "https://api.exchange.coinbase.com" (got "${url}")`);
  }
  read.finish();
  return { priceFeedUrl: url };
}
