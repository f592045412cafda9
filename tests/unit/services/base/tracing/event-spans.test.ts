import { describe, expect, it } from "vitest";
import { withWork } from "../../../../../services/base/correlation.ts";
import type { EventEnvelope } from "../../../../../services/base/events/envelope.ts";
import { traceCreation, traceSending, workOfEvent } from "../../../../../services/base/tracing/event-spans.ts";
import { createTracing } from "../../../../../services/base/tracing/tracing.ts";
import { keepingRecorder } from "./recorded.ts";

const NOT_SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const STREAM = "events:trading";

function event(traceparent?: string, data: unknown = {}): EventEnvelope {
  return {
    id: "01980000-0000-7000-8000-000000000001",
    type: "trading.trade.executed",
    version: 1,
    aggregateId: "1",
    occurredAt: "2026-11-21T12:00:00.000Z",
    correlationId: "corr-0001",
    producer: { service: "trading", colour: "blue", version: "v1" },
    data,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

const row = (its: EventEnvelope) => ({ envelope: JSON.stringify(its) });

describe("R-GW-6 events in a trace", () => {
  it("carry the context of the span that made them", () => {
    const recorder = keepingRecorder();
    const trace = createTracing(recorder).incoming({}, () => "POST /x");
    const traceparent = withWork({ correlationId: "corr-0001", trace }, () => traceCreation(STREAM, event()));
    const [created] = recorder.kept.getFinishedSpans();
    expect(traceparent).toBe(`00-${trace.traceId}-${created?.spanContext().spanId}-01`);
    expect(created?.name).toBe("create events:trading");
  });

  it("carry a trace that is not recorded as it is, and none where there is none", () => {
    const trace = createTracing().incoming({ traceparent: NOT_SAMPLED }, () => "POST /x");
    expect(withWork({ correlationId: "corr-0001", trace }, () => traceCreation(STREAM, event()))).toBe(NOT_SAMPLED);
    expect(traceCreation(STREAM, event())).toBeUndefined();
  });

  it("are sent in their own traces, and only those that are recorded are looked at", () => {
    const recorder = keepingRecorder();
    const lookalike = event(undefined, { text: `"traceparent":"${SAMPLED}"}` });
    const sent = traceSending(createTracing(recorder), STREAM, [row(event(SAMPLED)), row(event(NOT_SAMPLED)), row(event()), row(lookalike)]);
    sent.forEach(({ span }) => span.end());
    expect(recorder.kept.getFinishedSpans().map(({ name, attributes }) => [name, attributes["messaging.batch.message_count"]])).toEqual([["send events:trading", 4]]);
  });

  it("are handled under their correlation id, in their trace, recorded or not", () => {
    const recorder = keepingRecorder();
    const tracing = createTracing(recorder);
    const works = [event(SAMPLED), event(NOT_SAMPLED), event()].map((each) => workOfEvent(tracing, STREAM, "gamification.trade-xp", each));
    works[0]?.trace?.recording?.span.end();
    expect(works.map((work) => [work.correlationId, work.trace?.recording !== undefined, work.trace?.traceId])).toEqual([
      ["corr-0001", true, "0af7651916cd43dd8448eb211c80319c"],
      ["corr-0001", false, "0af7651916cd43dd8448eb211c80319c"],
      ["corr-0001", false, undefined],
    ]);
    expect(recorder.kept.getFinishedSpans()[0]?.attributes).toMatchObject({ "messaging.consumer.group.name": "gamification.trade-xp", "messaging.operation.type": "process" });
  });
});
