import { Type } from "typebox";

/** Who published an event. */
export interface EventProducer {
  readonly service: string;
  readonly colour: string;
  readonly version: string;
}

/** An event as it travels: the same shape for every type. */
export interface EventEnvelope<T = unknown> {
  /** UUIDv7; what inboxes know an event by. */
  readonly id: string;
  readonly type: string;
  readonly version: number;
  /** What the event is about; events of one aggregate keep their order. */
  readonly aggregateId: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly occurredAt: string;
  /** Of the request or event that caused it. */
  readonly correlationId: string;
  readonly producer: EventProducer;
  readonly data: T;
  /** W3C trace context of the cause. */
  readonly traceparent?: string;
}

/** Shape that every consumer checks first. Unknown fields are allowed: newer producers may add some. */
export const EnvelopeSchema = Type.Object({
  id: Type.String({ pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" }),
  type: Type.String({ minLength: 3, maxLength: 200 }),
  version: Type.Integer({ minimum: 1 }),
  aggregateId: Type.String({ minLength: 1, maxLength: 200 }),
  occurredAt: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$" }),
  correlationId: Type.String({ minLength: 1, maxLength: 128 }),
  producer: Type.Object({ service: Type.String(), colour: Type.String(), version: Type.String() }),
  data: Type.Unknown(),
  traceparent: Type.Optional(Type.String({ maxLength: 200 })),
});
