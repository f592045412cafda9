import type { Static, TSchema } from "typebox";
import type { Transaction } from "../postgres/database.ts";
import type { EventDefinition } from "./define.ts";
import type { EventEnvelope } from "./envelope.ts";

/** What a publisher says of one event; the rest of the envelope is filled in. */
export interface NewEvent<T> {
  /** What the event is about, 1 to 200 characters: events of one aggregate keep their order. */
  readonly aggregateId: string;
  readonly data: T;
  /** Default: that of the request or event being handled, else a new one. */
  readonly correlationId?: string | undefined;
}

/** Publishes events of the service's own domain by its outbox. */
export interface EventPublisher {
  /**
   * Records an event in `tx`: it is published if and only if `tx` commits, within milliseconds of the commit.
   *
   * @throws EventSchemaError when `data` is not what the definition says
   */
  publish<S extends TSchema>(
    tx: Transaction,
    definition: EventDefinition<S>,
    event: NewEvent<Static<S>>,
  ): Promise<EventEnvelope<Static<S>>>;
}
