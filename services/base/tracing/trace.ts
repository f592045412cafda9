import { type Exception, ROOT_CONTEXT, type Span, type SpanOptions, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import { ATTR_ERROR_TYPE } from "@opentelemetry/semantic-conventions";
import { currentWork, withWork } from "../correlation.ts";
import { traceparentOf } from "./trace-context.ts";

/** The span that is being recorded here, and what makes further ones below it. */
export interface Recording {
  readonly span: Span;
  readonly tracer: Tracer;
}

/** The trace that a request or event belongs to. */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** W3C header for whatever is called from here. */
  readonly traceparent: string;
  /** Begun here: a `tracestate` that came in belongs to no trace. */
  readonly isNew?: boolean;
  /** Absent for the traces that are not sampled, which are most: then nothing of it costs anything. */
  readonly recording?: Recording;
}

/** The trace of a span that is recorded. */
export function traceOf(recording: Recording, isNew = false): Trace {
  const context = recording.span.spanContext();
  return { traceId: context.traceId, traceparent: traceparentOf(context), isNew, recording };
}

/** Starts a span below the one that is being recorded here; undefined where nothing is. The caller ends it. */
export function startChild(name: string, options: SpanOptions, parent = currentWork()?.trace?.recording): Recording | undefined {
  if (parent === undefined) return undefined;
  const span = parent.tracer.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, parent.span));
  return { span, tracer: parent.tracer };
}

/** Runs `work` with this span as the parent of all that is recorded in it. */
export function within<T>(recording: Recording, work: () => T): T {
  const correlationId = currentWork()?.correlationId;
  return correlationId === undefined ? work() : withWork({ correlationId, trace: traceOf(recording) }, work);
}

/** Ends a span after `work`, as failed where it throws. */
export async function ended<T>(recording: Recording, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    fail(recording.span, error);
    throw error;
  } finally {
    recording.span.end();
  }
}

/** Marks a span as failed by this error. */
export function fail(span: Span, error: unknown): void {
  const { name, message, code } = errorFacts(error);
  span.setAttribute(ATTR_ERROR_TYPE, code ?? name);
  span.recordException(error as Exception);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

function errorFacts(error: unknown): { readonly name: string; readonly message: string; readonly code?: string } {
  if (!(error instanceof Error)) return { name: "_OTHER", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { name: error.name, message: error.message, ...(code === undefined ? {} : { code }) };
}
