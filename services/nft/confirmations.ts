import { ownershipConfirmed } from "../base/events/catalogue/nft.ts";
import type { EventPublisher } from "../base/events/publisher.ts";
import type { Database } from "../base/postgres/database.ts";
import { takeConfirmedByBlock } from "./settlements-store.ts";

/**
 * Publishes sales of a release that transferred within the sale, once their block is final: during a rollout the other
 * colour may make such ones. Each is published once, whatever the number of instances that look.
 *
 * @returns number of sales
 */
export function publishConfirmations(
  { database, events }: { readonly database: Database; readonly events: EventPublisher },
  finalBlock: number,
): Promise<number> {
  return database.transaction(async (tx) => {
    const confirmed = await takeConfirmedByBlock(tx, finalBlock);
    for (const sale of confirmed) await events.publish(tx, ownershipConfirmed, { aggregateId: sale.tokenId, data: sale });
    return confirmed.length;
  });
}
