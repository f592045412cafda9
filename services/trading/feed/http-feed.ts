import { Decimal } from "decimal.js";
import CircuitBreaker from "opossum";
import { Pool } from "undici";
import type { Clock } from "../../base/clock.ts";
import type { Instrument } from "../instruments.ts";
import { type PriceFeed, PriceUnavailable, type Quote } from "./price-feed.ts";

export interface HttpFeedOptions {
  /** Base address of the price API; `<url>/products/BTC-USD/ticker` has to answer `{price, time?}`. */
  readonly url: string;
  readonly clock: Clock;
  /** Longest wait for an answer in milliseconds. @default 2000 */
  readonly timeoutMs?: number;
  /** How long an answer serves further calls, in milliseconds. @default 500 */
  readonly reuseMs?: number;
  /** How long the breaker stays open before it tries again, in milliseconds. @default 30000 */
  readonly resetMs?: number;
  /** Told when the breaker opens (`true`) and closes (`false`). */
  readonly onBreaker?: (open: boolean) => void;
}

const PRICE = /^\d{1,20}(\.\d{1,18})?$/;
const CONNECTIONS = 4;

/** The answer's quote; `undefined` where it is none. The price is read as text: it never becomes a float. */
function parseTicker(symbol: string, body: unknown, nowMs: number): Quote | undefined {
  if (typeof body !== "object" || body === null || !("price" in body)) return undefined;
  if (typeof body.price !== "string" || !PRICE.test(body.price)) return undefined;
  const price = new Decimal(body.price);
  if (price.isZero()) return undefined;
  const time = "time" in body && typeof body.time === "string" ? Date.parse(body.time) : nowMs;
  return Number.isNaN(time) ? undefined : { symbol, price, atMs: time };
}

/**
 * Prices of a real API in the form of Coinbase Exchange's public tickers. One request per symbol at a time serves all
 * who ask; while the API is away, a breaker answers at once with the last price, whose age its reader judges.
 */
export class HttpFeed implements PriceFeed {
  readonly name = "http";
  readonly #options: HttpFeedOptions;
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #breaker: CircuitBreaker<[Instrument], Quote>;
  readonly #latest = new Map<string, { readonly quote: Quote; readonly fetchedAtMs: number }>();
  readonly #inFlight = new Map<string, Promise<Quote>>();

  constructor(options: HttpFeedOptions) {
    this.#options = options;
    const url = new URL(options.url);
    this.#basePath = url.pathname.replace(/\/$/, "");
    this.#pool = new Pool(url.origin, { connections: CONNECTIONS });
    this.#breaker = new CircuitBreaker((instrument: Instrument) => this.#fetch(instrument), {
      name: "price-feed",
      // The request itself has a timeout, which also ends it; the breaker's own would only stop waiting for it.
      timeout: false,
      errorThresholdPercentage: 50,
      volumeThreshold: 3,
      resetTimeout: options.resetMs ?? 30_000,
    });
    this.#breaker.on("open", () => options.onBreaker?.(true));
    this.#breaker.on("close", () => options.onBreaker?.(false));
  }

  async quote(instrument: Instrument): Promise<Quote> {
    const latest = this.#latest.get(instrument.symbol);
    if (latest && this.#options.clock.now() - latest.fetchedAtMs < (this.#options.reuseMs ?? 500)) return latest.quote;
    try {
      return await this.#shared(instrument);
    } catch (error) {
      if (latest) return latest.quote;
      throw new PriceUnavailable(instrument.symbol, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.#breaker.shutdown();
    await this.#pool.destroy();
  }

  #shared(instrument: Instrument): Promise<Quote> {
    const running = this.#inFlight.get(instrument.symbol);
    if (running) return running;
    const started = this.#breaker.fire(instrument).finally(() => this.#inFlight.delete(instrument.symbol));
    this.#inFlight.set(instrument.symbol, started);
    return started;
  }

  async #fetch(instrument: Instrument): Promise<Quote> {
    const path = `${this.#basePath}/products/${instrument.symbol.replace("/", "-")}/ticker`;
    const response = await this.#pool.request({
      method: "GET",
      path,
      headers: { accept: "application/json", "user-agent": "astratrade" },
      signal: AbortSignal.timeout(this.#options.timeoutMs ?? 2_000),
    });
    if (response.statusCode !== 200) {
      await response.body.dump();
      throw new Error(`price API answered ${response.statusCode} to ${path}`);
    }
    const now = this.#options.clock.now();
    const quote = parseTicker(instrument.symbol, await response.body.json(), now);
    if (!quote) throw new Error(`price API answered no {"price": "<decimal>"} to ${path}`);
    this.#latest.set(instrument.symbol, { quote, fetchedAtMs: now });
    return quote;
  }
}
