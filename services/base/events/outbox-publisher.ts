import { v7 as uuidv7 } from "uuid";
import type { Static, TSchema } from "typebox";
import type { Clock } from "../clock.ts";
import { currentCorrelationId } from "../correlation.ts";
import { traceCreation } from "../tracing/event-spans.ts";
import type { Transaction } from "../postgres/database.ts";
import { hooksOf } from "../postgres/transaction-hooks.ts";
import type { EventDefinition } from "./define.ts";
import type { EventEnvelope, EventProducer } from "./envelope.ts";
import { streamOf } from "./keys.ts";
import type { EventPublisher, NewEvent } from "./publisher.ts";
import { checkData } from "./schema-check.ts";

export interface OutboxPublisherOptions {
  /** The only domain whose events it publishes: a domain's outbox feeds its own stream. */
  readonly domain: string;
  readonly producer: EventProducer;
  readonly clock: Clock;
  /** Called after each commit that has events in it. */
  readonly onCommitted: () => void;
}

const INSERT = `
  INSERT INTO outbox (event_id, type, aggregate_id, envelope)
  SELECT id, type, aggregate_id, envelope::json
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS e (id, type, aggregate_id, envelope, n)
  ORDER BY n`;

/** Writes events into the outbox: one statement for all events of a transaction, which goes with its commit. */
export class OutboxPublisher implements EventPublisher {
  readonly #options: OutboxPublisherOptions;
  readonly #collected = new WeakMap<Transaction, EventEnvelope[]>();

  constructor(options: OutboxPublisherOptions) {
    this.#options = options;
  }

  async publish<S extends TSchema>(
    tx: Transaction,
    definition: EventDefinition<S>,
    event: NewEvent<Static<S>>,
  ): Promise<EventEnvelope<Static<S>>> {
    const { domain, producer, clock } = this.#options;
    if (definition.domain !== domain) {
      throw new Error(`${definition.type} belongs to domain "${definition.domain}": "${domain}" cannot publish it`);
    }
    checkData(definition, event.data);
    const id = uuidv7();
    const correlationId = event.correlationId ?? currentCorrelationId() ?? uuidv7();
    const traceparent = traceCreation(streamOf(domain), { id, type: definition.type, correlationId });
    const envelope: EventEnvelope<Static<S>> = {
      id,
      type: definition.type,
      version: definition.version,
      aggregateId: event.aggregateId,
      occurredAt: new Date(clock.now()).toISOString(),
      correlationId,
      producer,
      data: event.data,
      // Last: its end tells the relay which events are recorded.
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    await this.#collect(tx, envelope);
    return envelope;
  }

  async #collect(tx: Transaction, envelope: EventEnvelope): Promise<void> {
    const hooks = hooksOf(tx);
    if (hooks === undefined) {
      await tx.query(INSERT, columnsOf([envelope]));
      return;
    }
    const collected = this.#collected.get(tx);
    if (collected) {
      collected.push(envelope);
      return;
    }
    const envelopes = [envelope];
    this.#collected.set(tx, envelopes);
    hooks.withCommit(() => ({ sql: INSERT, params: columnsOf(envelopes) }));
    hooks.afterCommit(this.#options.onCommitted);
  }
}

function columnsOf(envelopes: readonly EventEnvelope[]): unknown[] {
  return [
    envelopes.map(({ id }) => id),
    envelopes.map(({ type }) => type),
    envelopes.map(({ aggregateId }) => aggregateId),
    envelopes.map((envelope) => JSON.stringify(envelope)),
  ];
}
