import { type Attributes, SpanKind } from "@opentelemetry/api";
import { currentWork, type Work } from "../correlation.ts";
import type { EventEnvelope } from "../events/envelope.ts";
import {
  ATTR_MESSAGING_BATCH_MESSAGE_COUNT,
  ATTR_MESSAGING_CONSUMER_GROUP_NAME,
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_MESSAGE_ID,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM,
  CORRELATION_ATTRIBUTE,
} from "./attributes.ts";
import { type Recording, startChild, type Trace, traceOf } from "./trace.ts";
import type { Tracing } from "./tracing.ts";

type Message = Pick<EventEnvelope, "id" | "type" | "correlationId">;

function attributesOf(operation: "create" | "send" | "process", stream: string, message: Message): Attributes {
  return {
    [ATTR_MESSAGING_SYSTEM]: "redis",
    [ATTR_MESSAGING_DESTINATION_NAME]: stream,
    [ATTR_MESSAGING_OPERATION_NAME]: operation,
    [ATTR_MESSAGING_OPERATION_TYPE]: operation,
    [ATTR_MESSAGING_MESSAGE_ID]: message.id,
    "astratrade.event.type": message.type,
    [CORRELATION_ATTRIBUTE]: message.correlationId,
  };
}

/** Records that an event was written into the outbox, and gives the `traceparent` that goes with it. */
export function traceCreation(stream: string, message: Message): string | undefined {
  const trace = currentWork()?.trace;
  if (trace?.recording === undefined) return trace?.traceparent;
  const created = startChild(`create ${stream}`, { kind: SpanKind.PRODUCER, attributes: attributesOf("create", stream, message) });
  if (created === undefined) return trace.traceparent;
  created.span.end();
  return traceOf(created).traceparent;
}

/** `traceparent` stands last in an envelope: so its end tells a sampled one, and no other has to be read. */
const SAMPLED_END = '-01"}';

/** Spans around the sending of a batch, one in the trace of each event that is recorded. Each has to be ended. */
export function traceSending(
  tracing: Tracing,
  stream: string,
  rows: readonly { readonly envelope: string }[],
): readonly Recording[] {
  return rows.flatMap(({ envelope }) => {
    if (!envelope.endsWith(SAMPLED_END)) return [];
    // Our own outbox: it was written as an envelope.
    const event = JSON.parse(envelope) as EventEnvelope;
    const attributes = { ...attributesOf("send", stream, event), [ATTR_MESSAGING_BATCH_MESSAGE_COUNT]: rows.length };
    const recording = tracing.startFrom(event.traceparent, `send ${stream}`, { kind: SpanKind.CLIENT, attributes });
    return recording === undefined ? [] : [recording];
  });
}

/** The work of handling an event: under its correlation id and in its trace. A recording has to be ended. */
export function workOfEvent(tracing: Tracing, stream: string, group: string, event: EventEnvelope): Work {
  const { correlationId, traceparent } = event;
  if (traceparent === undefined) return { correlationId };
  const attributes = { ...attributesOf("process", stream, event), [ATTR_MESSAGING_CONSUMER_GROUP_NAME]: group };
  const recording = tracing.startFrom(traceparent, `process ${stream}`, { kind: SpanKind.CONSUMER, attributes });
  const trace: Trace | undefined = recording === undefined ? tracing.continued(traceparent) : traceOf(recording);
  return { correlationId, trace };
}
