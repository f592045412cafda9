import { PRICE_FEED_BREAKER_OPEN } from "../base/metrics-contract/business.ts";
import { registerGauge } from "../base/metrics-contract/register.ts";
import type { ServiceContext, ServiceDefinition } from "../base/service.ts";
import { trading } from "./declaration.ts";
import { HttpFeed } from "./feed/http-feed.ts";
import type { PriceFeed } from "./feed/price-feed.ts";
import { simulatedFeed } from "./feed/simulated-feed.ts";
import { accountsGroup, entitlementsGroup } from "./handlers.ts";
import { forgetOldKeys } from "./idempotency-store.ts";
import { migrations } from "./migrations.ts";
import { OrderDesk } from "./order-desk.ts";
import { orderRoutes, priceRoutes } from "./routes.ts";
import { readTradingSettings, type TradingSettings } from "./settings.ts";

const FORGET_KEYS_EVERY_MS = 3_600_000;

function makeFeed({ clock, log, metrics }: ServiceContext, settings: TradingSettings): PriceFeed {
  const breaker = registerGauge(PRICE_FEED_BREAKER_OPEN, metrics.registry);
  if (settings.priceFeedUrl === undefined) return simulatedFeed(clock);
  return new HttpFeed({
    url: settings.priceFeedUrl,
    clock,
    onBreaker: (open) => {
      breaker.set(open ? 1 : 0);
      log.warn({ open }, open ? "price API fails: trading with its last prices until they are too old" : "price API is back");
    },
  });
}

interface Options {
  /** @default what the environment says */
  readonly settings?: TradingSettings;
  /** Prices from elsewhere than the settings say: tests. */
  readonly feed?: PriceFeed;
}

/** Trade execution, positions and risk limits. */
export function tradingService(options: Options = {}): ServiceDefinition {
  let feed: PriceFeed | undefined;
  let timer: NodeJS.Timeout | undefined;
  const feedOf = (context: ServiceContext): PriceFeed =>
    (feed ??= options.feed ?? makeFeed(context, options.settings ?? readTradingSettings()));
  return {
    declaration: trading,
    migrations,
    routes: (app, context) => {
      const { database, events, clock } = context;
      const desk = new OrderDesk({ database, events, clock });
      orderRoutes(app, context, { database, events, clock, feed: feedOf(context), desk });
      priceRoutes(app, feedOf(context));
    },
    handlers: () => [accountsGroup, entitlementsGroup],
    start: (context) => {
      context.log.info({ feed: feedOf(context).name }, "prices");
      timer = setInterval(() => {
        forgetOldKeys(context.database).catch((error: unknown) =>
          context.log.warn({ err: error }, "cannot forget old idempotency keys now; trying again in an hour"),
        );
      }, FORGET_KEYS_EVERY_MS);
      timer.unref();
      return Promise.resolve();
    },
    stop: async () => {
      clearInterval(timer);
      await feed?.close();
    },
  };
}
