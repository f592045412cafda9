import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
} from "@opentelemetry/semantic-conventions";
import type { SeenInstance } from "../../base/registry/view.ts";
import { CORRELATION_ATTRIBUTE } from "../../base/tracing/attributes.ts";
import { fail, type Recording, startChild, traceOf } from "../../base/tracing/trace.ts";
import type { ExchangeResult } from "./exchange.ts";
import type { Forwarded } from "./headers.ts";
import type { ProxyCall } from "./proxy-call.ts";

/** Attempts to have a request answered, [1, ...]. */
export interface UpstreamTry {
  readonly service: string;
  readonly instance: Pick<SeenInstance, "instance" | "address" | "port" | "colour">;
  readonly attempt: number;
}

/** Starts the span of a try where its trace is recorded. `endUpstreamSpan` ends it. */
export function startUpstreamSpan(call: ProxyCall, to: UpstreamTry): Recording | undefined {
  const { trace } = call;
  if (trace?.recording === undefined) return undefined;
  const { service, instance, attempt } = to;
  return startChild(
    `${call.method} ${service}`,
    {
      kind: SpanKind.CLIENT,
      attributes: {
        [ATTR_HTTP_REQUEST_METHOD]: call.method,
        [ATTR_SERVER_ADDRESS]: instance.address,
        [ATTR_SERVER_PORT]: instance.port,
        // Without the query, which may hold what is nobody's business.
        [ATTR_URL_FULL]: `http://${instance.address}:${instance.port}${call.url.split("?", 1)[0] ?? "/"}`,
        ...(attempt > 1 ? { [ATTR_HTTP_REQUEST_RESEND_COUNT]: attempt - 1 } : {}),
        [CORRELATION_ATTRIBUTE]: call.correlationId,
        "astratrade.upstream": service,
        "astratrade.upstream.instance": instance.instance,
        "astratrade.upstream.colour": instance.colour,
      },
    },
    trace.recording,
  );
}

/** What the service is told of the trace: the span of this try where there is one. */
export function traceHeaders({ trace }: ProxyCall, recording: Recording | undefined): Pick<Forwarded, "traceparent" | "isNewTrace"> {
  return { traceparent: recording === undefined ? trace?.traceparent : traceOf(recording).traceparent, isNewTrace: trace?.isNew };
}

/** Ends the span of a try by what became of it. For a caller of HTTP, 4xx are errors as well. */
export function endUpstreamSpan(recording: Recording | undefined, result: ExchangeResult): void {
  if (recording === undefined) return;
  const { span } = recording;
  if (result.kind === "answered") {
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, result.status);
    if (result.status >= 400) {
      span.setAttribute(ATTR_ERROR_TYPE, String(result.status));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
  } else if (result.kind === "failed" || result.kind === "broken") {
    fail(span, result.error);
    span.setAttribute(ATTR_ERROR_TYPE, result.kind === "failed" ? result.reason : "broken");
  } else {
    span.setAttribute(ATTR_ERROR_TYPE, result.kind);
  }
  span.end();
}
