import { TRACE_EXPORTER_UP, TRACE_SPANS, TRACE_SPANS_DROPPED } from "../metrics-contract/process.ts";
import { registerCounter, registerGauge } from "../metrics-contract/register.ts";
import type { Metrics } from "../metrics.ts";
import type { DropReason, SpanCounts } from "./bounded-spans.ts";

const REASONS: readonly DropReason[] = ["queue_full", "export_failed", "stopped"];

/** What a process tells of its tracing. */
export interface TraceMetrics extends SpanCounts {
  /** The receiver takes traces, or not. */
  up(isUp: boolean): void;
}

/** Registers the metrics at zero, also in a process that records nothing. */
export function traceMetrics({ registry }: Metrics): TraceMetrics {
  const up = registerGauge(TRACE_EXPORTER_UP, registry);
  const exported = registerCounter(TRACE_SPANS, registry);
  const dropped = registerCounter(TRACE_SPANS_DROPPED, registry);
  up.set(0);
  for (const reason of REASONS) dropped.inc({ reason }, 0);
  return {
    up: (isUp) => up.set(isUp ? 1 : 0),
    exported: (spans) => exported.inc(spans),
    dropped: (reason, spans) => dropped.inc({ reason }, spans),
  };
}
