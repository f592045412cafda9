import { ROOT_CONTEXT, type SpanContext, SpanKind, type SpanOptions, trace, TraceFlags, type Tracer } from "@opentelemetry/api";
import { randomHex } from "../random-hex.ts";
import type { CallerQuota } from "./caller-quota.ts";
import { parseTraceparent, TRACEPARENT_HEADER, traceparentOf, TRACESTATE_HEADER } from "./trace-context.ts";
import { type Recording, type Trace, traceOf } from "./trace.ts";

/** The tracing of one process: which traces are recorded, and where they begin or come in. */
export interface Tracing {
  /**
   * The trace of a request that comes in: the caller's, where it says one, else a new one. `name` is asked for only
   * where a span may begin.
   */
  incoming(headers: TraceHeaders, name: () => string): Trace;
  /** The trace of an event's cause; undefined where it says none. Never begins one. */
  continued(traceparent: string | undefined): Trace | undefined;
  /** A span in the trace that an event tells of, where that is recorded. */
  startFrom(traceparent: string | undefined, name: string, options: SpanOptions): Recording | undefined;
  /** Sends what is left, for no longer than its bound. */
  stop(): Promise<void>;
}

/** Headers of a request, names in lower case. */
export type TraceHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The part of tracing that decides; `recorder` records. */
export interface Recorder {
  readonly tracer: Tracer;
  /** Whether what is recorded now can be exported. */
  recording(): boolean;
  /** Whether the trace that begins now is recorded: asked first, since a span that is not recorded costs two microseconds. @default the tracer's sampler decides */
  samples?(): boolean;
  stop(): Promise<void>;
}

/** Tracing that records nothing and passes on what comes in. */
export const passingTracing: Tracing = createTracing();

/**
 * @param recorder Absent: nothing is recorded here.
 * @param callers How many traces may be recorded because callers say so. @default any number: they are our own
 */
export function createTracing(recorder?: Recorder, callers?: Pick<CallerQuota, "take">): Tracing {
  const recorderOf = (context: SpanContext): Recorder | undefined =>
    (context.traceFlags & TraceFlags.SAMPLED) !== 0 && recorder?.recording() === true ? recorder : undefined;
  return {
    incoming(headers, name) {
      const traceparent = headers[TRACEPARENT_HEADER];
      const caller = traceparent === undefined ? undefined : parseTraceparent(traceparent, headers[TRACESTATE_HEADER]);
      if (caller !== undefined) {
        const its = recorderOf(caller);
        if (its === undefined) return passed(caller);
        if (callers?.take() === false) return unrecorded(caller);
        const span = its.tracer.startSpan(name(), { kind: SpanKind.SERVER }, trace.setSpanContext(ROOT_CONTEXT, caller));
        return traceOf({ span, tracer: its.tracer });
      }
      if (recorder?.recording() !== true || recorder.samples?.() === false) return begun();
      const span = recorder.tracer.startSpan(name(), { kind: SpanKind.SERVER }, ROOT_CONTEXT);
      return span.isRecording() ? traceOf({ span, tracer: recorder.tracer }, true) : passed(span.spanContext(), true);
    },
    continued(traceparent) {
      const context = parseTraceparent(traceparent);
      return context === undefined ? undefined : passed(context);
    },
    startFrom(traceparent, name, options) {
      const context = parseTraceparent(traceparent);
      const its = context === undefined ? undefined : recorderOf(context);
      if (context === undefined || its === undefined) return undefined;
      return { span: its.tracer.startSpan(name, options, trace.setSpanContext(ROOT_CONTEXT, context)), tracer: its.tracer };
    },
    stop: () => recorder?.stop() ?? Promise.resolve(),
  };
}

/** A trace that is not recorded here: everybody further down hangs below whoever called us. */
function passed(context: SpanContext, isNew = false): Trace {
  return { traceId: context.traceId, traceparent: traceparentOf(context), isNew };
}

/** The caller's trace, with the word to all further down that it is not recorded; that word takes a span id of its own. */
function unrecorded({ traceId }: SpanContext): Trace {
  return passed({ traceId, spanId: randomHex(8), traceFlags: TraceFlags.NONE });
}

/** A new trace that says to all further down that it is not recorded, so that nobody records a part of it. */
function begun(): Trace {
  // Ids of nothing but zeros are none, and as likely as the same one twice.
  const random = randomHex(24);
  const traceId = random.slice(0, 32);
  return { traceId, traceparent: `00-${traceId}-${random.slice(32)}-00`, isNew: true };
}
