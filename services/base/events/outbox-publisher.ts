import { v7 as uuidv7 } from "uuid";
import type { Static, TSchema } from "typebox";
import type { Clock } from "../clock.ts";
import { currentCorrelationId } from "../correlation.ts";
import { traceCreation } from "../tracing/event-spans.ts";
import type { Transaction } from "../postgres/database.ts";
import { hooksOf, type LastStatement } from "../postgres/transaction-hooks.ts";
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

const INSERT_ONE = "INSERT INTO outbox (event_id, type, aggregate_id, envelope) VALUES ($1, $2, $3, $4)";

const INSERT_MANY = `
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
      const { sql, params } = insertionOf([envelope]);
      await tx.query(sql, params);
      return;
    }
    const collected = this.#collected.get(tx);
    if (collected) {
      collected.push(envelope);
      return;
    }
    const envelopes = [envelope];
    this.#collected.set(tx, envelopes);
    hooks.withCommit(() => insertionOf(envelopes));
    hooks.afterCommit(this.#options.onCommitted);
  }
}

/** Most transactions have one event: arrays, which both sides would have to escape, are for those with more. */
function insertionOf(envelopes: readonly EventEnvelope[]): LastStatement {
  const rows = envelopes.map((envelope) => [envelope.id, envelope.type, envelope.aggregateId, JSON.stringify(envelope)] as const);
  const [first, second] = rows;
  if (first !== undefined && second === undefined) return { sql: INSERT_ONE, params: [...first] };
  return { sql: INSERT_MANY, params: [0, 1, 2, 3].map((column) => rows.map((row) => row[column])) };
}
