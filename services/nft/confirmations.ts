import type { Logger } from "pino";
import { ownershipConfirmed } from "../base/events/catalogue/nft.ts";
import type { MarketplaceParts } from "./marketplace.ts";
import { takeConfirmed } from "./settlements-store.ts";

const LOOK_EVERY_MS = 2_000;

/**
 * Publishes what the chain has made final by now, each sale once, whatever the number of instances that look.
 *
 * @returns number of sales
 */
export async function publishConfirmations({ database, events, chain }: MarketplaceParts): Promise<number> {
  const finalBlock = (await chain.height()) - chain.finalAfter;
  return database.transaction(async (tx) => {
    const confirmed = await takeConfirmed(tx, finalBlock);
    for (const sale of confirmed) await events.publish(tx, ownershipConfirmed, { aggregateId: sale.tokenId, data: sale });
    return confirmed.length;
  });
}

/** Looks at the chain every 2 s; what fails is tried again with the next look. Returns what ends it. */
export function watchConfirmations(parts: MarketplaceParts, log: Logger): () => Promise<void> {
  let looking: Promise<void> = Promise.resolve();
  let busy = false;
  let failures = 0;
  const look = async (): Promise<void> => {
    try {
      await publishConfirmations(parts);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === 5) log.warn({ err: error }, "cannot look for confirmed sales, trying on");
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    looking = look();
  }, LOOK_EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
