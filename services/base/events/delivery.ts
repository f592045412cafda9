import type { EventEnvelope } from "./envelope.ts";
import type { StreamId } from "./stream-id.ts";

/** One stream entry as a group got it. */
export interface Delivery {
  readonly stream: string;
  readonly id: StreamId;
  /** The envelope as it stands in the stream; empty for an entry that is none of ours. */
  readonly text: string;
  /** The only group that the entry is meant for, on a replay. */
  readonly onlyGroup?: string;
  /** Why the only group is to give it up for good instead of handling it. */
  readonly discard?: string;
  /** How often it was given to some consumer of the group, this time included. */
  readonly deliveries: number;
}

/** A delivery whose envelope could be read. */
export interface ReadDelivery extends Delivery {
  readonly event: EventEnvelope;
}
