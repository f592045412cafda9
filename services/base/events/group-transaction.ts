import { withCorrelationId } from "../correlation.ts";
import type { Database } from "../postgres/database.ts";
import type { Handler } from "./consumer-group.ts";
import type { ReadDelivery } from "./delivery.ts";

/** A delivery with the handlers that it is for. */
export interface Wanted {
  readonly delivery: ReadDelivery;
  readonly handlers: readonly Handler[];
}

/**
 * Handles deliveries in one transaction: what the inbox has not seen is recorded there and takes effect, all of it or
 * nothing.
 *
 * @returns ids of the events that took effect; the others had done so before
 */
export async function handleInTransaction(
  database: Database,
  group: string,
  wanted: readonly Wanted[],
): Promise<ReadonlySet<string>> {
  return database.transaction(async (tx) => {
    // In the order of ids, so that two consumers with the same events wait for each other instead of deadlocking.
    const rows = await tx.query<{ event_id: string }>(
      `INSERT INTO inbox (event_id, group_name)
       SELECT DISTINCT id, $2 FROM unnest($1::uuid[]) AS id ORDER BY id
       ON CONFLICT DO NOTHING RETURNING event_id`,
      [wanted.map(({ delivery }) => delivery.event.id), group],
    );
    const fresh = new Set(rows.map((row) => row.event_id));
    const done = new Set<string>();
    for (const { delivery, handlers } of wanted) {
      const { event } = delivery;
      if (!fresh.has(event.id) || done.has(event.id)) continue;
      for (const handler of handlers) {
        await withCorrelationId(event.correlationId, () => handler.handle(tx, event));
      }
      done.add(event.id);
    }
    return done;
  });
}
