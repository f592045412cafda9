import type { ServiceContext, ServiceDefinition } from "../base/service.ts";
import type { Chain } from "./chain/chain.ts";
import { EvmChain } from "./chain/evm-chain.ts";
import { simulatedChain } from "./chain/simulated-chain.ts";
import { watchConfirmations } from "./confirmations.ts";
import { nft } from "./declaration.ts";
import { rewardsGroup, settlementGroup } from "./handlers.ts";
import type { MarketplaceParts } from "./marketplace.ts";
import { migrations } from "./migrations.ts";
import { marketplaceRoutes, ownRoutes } from "./routes.ts";
import { readChainSettings } from "./settings.ts";

/** A real chain where one is configured, else the simulated one. */
function configuredChain({ clock, config, log }: ServiceContext): Chain {
  const settings = readChainSettings(config.secretsDir);
  if (settings === undefined) return simulatedChain(clock);
  log.info({ contract: settings.contract, finalAfter: settings.finalAfter }, "tokens live on an EVM chain");
  return new EvmChain(settings);
}

/** Rewards and the marketplace. `makeChain` decides where tokens live; by default what the configuration says. */
export function nftService(makeChain: (context: ServiceContext) => Chain = configuredChain): ServiceDefinition {
  let made: MarketplaceParts | undefined;
  let stopWatching: (() => Promise<void>) | undefined;
  const partsOf = (context: ServiceContext): MarketplaceParts => {
    const { database, events, clock } = context;
    return (made ??= { database, events, clock, chain: makeChain(context) });
  };
  return {
    declaration: nft,
    migrations,
    routes: (app, context) => {
      ownRoutes(app, context, partsOf(context));
      marketplaceRoutes(app, context, partsOf(context));
    },
    handlers: (context) => [rewardsGroup(partsOf(context)), settlementGroup],
    start: (context) => {
      stopWatching ??= watchConfirmations(partsOf(context), context.log);
      return Promise.resolve();
    },
    stop: async () => {
      await stopWatching?.();
    },
  };
}
