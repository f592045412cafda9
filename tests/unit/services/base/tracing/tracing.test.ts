import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it } from "vitest";
import { createTracing } from "../../../../../services/base/tracing/tracing.ts";
import { keepingRecorder } from "./recorded.ts";

const CALLER = "0af7651916cd43dd8448eb211c80319c";
const SAMPLED = `00-${CALLER}-b7ad6b7169203331-01`;
const NOT_SAMPLED = `00-${CALLER}-b7ad6b7169203331-00`;
const name = () => "GET /x";

describe("R-GW-6 the trace of a request that comes in", () => {
  it("begins here where the caller says nothing, and is recorded where the sampler says so", () => {
    const trace = createTracing(keepingRecorder()).incoming({}, name);
    expect(trace.traceparent).toBe(`00-${trace.traceId}-${trace.recording?.span.spanContext().spanId}-01`);
    expect(trace.isNew).toBe(true);
  });

  it.each([
    ["the sampler says no", keepingRecorder({ sampler: new AlwaysOffSampler() })],
    ["the share of recorded traces says no", { ...keepingRecorder(), samples: () => false }],
    ["nobody takes traces now", keepingRecorder({ recording: () => false })],
    ["nobody is to get traces", undefined],
  ])("tells all further down not to record a part of it where %s", (_, recorder) => {
    const trace = createTracing(recorder).incoming({}, name);
    expect(trace.traceparent).toMatch(new RegExp(`^00-${trace.traceId}-[0-9a-f]{16}-00$`));
    expect(trace.recording).toBeUndefined();
  });

  it("goes on where the caller says one, as the caller decided it", () => {
    const tracing = createTracing(keepingRecorder());
    const recorded = tracing.incoming({ traceparent: SAMPLED }, name);
    expect([recorded.traceId, recorded.isNew, recorded.recording === undefined]).toEqual([CALLER, false, false]);
    expect(recorded.traceparent).not.toBe(SAMPLED);
    expect(tracing.incoming({ traceparent: NOT_SAMPLED }, name)).toEqual({ traceId: CALLER, traceparent: NOT_SAMPLED, isNew: false });
  });

  it("goes through as it is where it cannot be recorded here", () => {
    const passed = { traceId: CALLER, traceparent: SAMPLED, isNew: false };
    expect(createTracing().incoming({ traceparent: SAMPLED }, name)).toEqual(passed);
    expect(createTracing(keepingRecorder({ recording: () => false })).incoming({ traceparent: SAMPLED }, name)).toEqual(passed);
  });

  it("is a new one where the caller's is none", () => {
    const trace = createTracing(keepingRecorder()).incoming({ traceparent: "rubbish" }, name);
    expect([trace.isNew, trace.traceId === CALLER]).toEqual([true, false]);
  });
});

describe("the trace of an event", () => {
  const options = {};

  it("is continued where it was recorded, and nowhere begun", () => {
    const recorder = keepingRecorder();
    const tracing = createTracing(recorder);
    tracing.startFrom(SAMPLED, "process", options)?.span.end();
    expect(recorder.kept.getFinishedSpans().map((span) => [span.spanContext().traceId, span.parentSpanContext?.spanId])).toEqual([[CALLER, "b7ad6b7169203331"]]);
    expect([NOT_SAMPLED, undefined, "rubbish"].map((traceparent) => tracing.startFrom(traceparent, "process", options))).toEqual([undefined, undefined, undefined]);
    expect(tracing.continued(NOT_SAMPLED)?.traceId).toBe(CALLER);
    expect(tracing.continued(undefined)).toBeUndefined();
  });
});
