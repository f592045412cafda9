import type { ServiceContext, ServiceDefinition } from "../base/service.ts";
import type { Chain } from "./chain/chain.ts";
import { EvmChain } from "./chain/evm-chain.ts";
import { simulatedChain } from "./chain/simulated-chain.ts";
import { chainBacklog } from "./chain-metrics.ts";
import { ChainRunner, type ChainRunnerTuning } from "./chain-runner.ts";
import { ChainWork } from "./chain-work.ts";
import { publishConfirmations } from "./confirmations.ts";
import { nft } from "./declaration.ts";
import { rewardsGroup, settlementGroup } from "./handlers.ts";
import type { MarketplaceParts } from "./marketplace.ts";
import { migrations } from "./migrations.ts";
import { marketplaceRoutes, ownRoutes } from "./routes.ts";
import { readChainSettings } from "./settings.ts";
import type { ChainState } from "./views.ts";

/** A real chain where one is configured, else the simulated one. */
function configuredChain({ clock, config, log }: ServiceContext): Chain {
  const settings = readChainSettings(config.secretsDir);
  if (settings === undefined) return simulatedChain(clock);
  log.info({ contract: settings.contract, finalAfter: settings.finalAfter }, "tokens live on an EVM chain");
  return new EvmChain(settings);
}

interface Parts {
  readonly marketplace: MarketplaceParts;
  readonly chains: readonly { readonly chain: Chain; readonly runner: ChainRunner; readonly work: ChainWork }[];
}

function makeParts(context: ServiceContext, chain: Chain, tuning: ChainRunnerTuning | undefined): Parts {
  const { database, events, clock, config, log } = context;
  const simulated = simulatedChain(clock);
  // Tokens of the time before a real chain was configured stay on the simulated one, and are sold there.
  const all = chain.key === simulated.key ? [chain] : [chain, simulated];
  const measure = chainBacklog(context, all.map(({ key }) => key));
  const chains = all.map((one) => {
    const runner = new ChainRunner({ database, events, chain: one, instance: config.instance }, tuning);
    const turn = async (): Promise<boolean> => {
      await measure(one.key);
      const more = await runner.turn();
      if (one === chain) await publishConfirmations(context, (await runner.height()) - chain.finalAfter);
      return more;
    };
    return { chain: one, runner, work: new ChainWork({ turn, stop: () => runner.stop() }, log) };
  });
  const wakeChain = (): void => {
    for (const { work } of chains) work.wake();
  };
  return { marketplace: { database, events, clock, chain, wakeChain }, chains };
}

async function statesOf({ chains }: Parts): Promise<ReadonlyMap<string, ChainState>> {
  const states = new Map<string, ChainState>();
  for (const { chain, runner } of chains) {
    // What users own stands in the database: it is shown while a chain is away, too.
    const height = await runner.height().catch(() => undefined);
    if (height !== undefined) states.set(chain.key, { height, finalAfter: chain.finalAfter });
  }
  return states;
}

export interface NftOptions {
  /** Decides where tokens live. @default what the configuration says */
  readonly makeChain?: (context: ServiceContext) => Chain;
  readonly tuning?: ChainRunnerTuning;
}

/** Rewards and the marketplace. */
export function nftService({ makeChain = configuredChain, tuning }: NftOptions = {}): ServiceDefinition {
  let made: Parts | undefined;
  const partsOf = (context: ServiceContext): Parts => (made ??= makeParts(context, makeChain(context), tuning));
  return {
    declaration: nft,
    migrations,
    routes: (app, context) => {
      const parts = partsOf(context);
      ownRoutes(app, context, parts.marketplace, () => statesOf(parts));
      marketplaceRoutes(app, context, parts.marketplace);
    },
    handlers: (context) => [rewardsGroup(partsOf(context).marketplace), settlementGroup],
    start: (context) => {
      for (const { work } of partsOf(context).chains) work.start();
      return Promise.resolve();
    },
    stop: async () => {
      await Promise.all((made?.chains ?? []).map(({ work }) => work.stop()));
    },
  };
}
