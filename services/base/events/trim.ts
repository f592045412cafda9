import { earliestStreamId, type StreamId } from "./stream-id.ts";

/** Where one consumer group stands in a stream. */
export interface GroupPosition {
  readonly name: string;
  readonly lastDelivered: StreamId;
  /** Oldest entry that was delivered and not acknowledged. */
  readonly oldestPending?: StreamId | undefined;
}

/**
 * Id below which no group needs any entry: the least of what each has pending or was delivered last. The relay's own
 * last entry stays as well, since its presence is how a loss of data is noticed.
 *
 * @returns absent when there is no group: then nobody is known to have read anything
 */
export function trimBound(groups: readonly GroupPosition[], lastSent: StreamId): StreamId | undefined {
  if (groups.length === 0) return undefined;
  return earliestStreamId([...groups.flatMap((group) => [group.oldestPending ?? group.lastDelivered]), lastSent]);
}
