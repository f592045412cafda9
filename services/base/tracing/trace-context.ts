import { createTraceState, type SpanContext, TraceFlags } from "@opentelemetry/api";
import { parseTraceParent } from "@opentelemetry/core";

/** W3C Trace Context: which trace a request belongs to. */
export const TRACEPARENT_HEADER = "traceparent";
/** W3C Trace Context: what other tracing systems add to it; passed on as it is. */
export const TRACESTATE_HEADER = "tracestate";

const LONGEST_TRACEPARENT = 200;

type Header = string | readonly string[] | undefined;

/** Reads a `traceparent`; undefined for one that is none, as the standard says: then a new trace begins. */
export function parseTraceparent(traceparent: Header, tracestate?: Header): SpanContext | undefined {
  if (typeof traceparent !== "string" || traceparent.length > LONGEST_TRACEPARENT) return undefined;
  const parsed = parseTraceParent(traceparent);
  if (parsed === null) return undefined;
  const isSampled = (parsed.traceFlags & TraceFlags.SAMPLED) !== 0;
  // Only spans that are recorded have use for it; headers are passed on as text.
  const state = isSampled && typeof tracestate === "string" ? { traceState: createTraceState(tracestate) } : {};
  return { ...parsed, isRemote: true, ...state };
}

/** The `traceparent` of a span. */
export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED) === 0 ? "00" : "01"}`;
}
