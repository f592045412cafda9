import { type Attributes, SpanStatusCode } from "@opentelemetry/api";
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from "@opentelemetry/semantic-conventions";
import type { Work } from "../correlation.ts";
import { CORRELATION_ATTRIBUTE } from "./attributes.ts";
import type { TraceHeaders, Tracing } from "./tracing.ts";

/** A request as its span tells of it. */
export interface ServedRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  /** The route's pattern; absent: there is none for this path. */
  readonly route: string | undefined;
  readonly protocol: string;
  readonly host: string;
  readonly clientAddress: string;
  readonly httpVersion: string;
  readonly userAgent: string | undefined;
}

/**
 * The work of a request that has come in, with its trace. What is recorded has to be ended by `endServerSpan`;
 * `described` is asked for only where a span may begin.
 */
export function workOfRequest(tracing: Tracing, correlationId: string, headers: TraceHeaders, described: () => ServedRequest): Work {
  const trace = tracing.incoming(headers, () => nameOf(described()));
  trace.recording?.span.setAttributes(attributesOf(described(), correlationId));
  return { correlationId, trace };
}

/** The route's pattern and never the path, of which there is no end. */
function nameOf({ method, route }: ServedRequest): string {
  return route === undefined ? method : `${method} ${route}`;
}

function attributesOf(request: ServedRequest, correlationId: string): Attributes {
  const { method, url, route, protocol, host, clientAddress, httpVersion, userAgent } = request;
  return {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_URL_PATH]: url.split("?", 1)[0] ?? "/",
    [ATTR_URL_SCHEME]: protocol,
    [ATTR_SERVER_ADDRESS]: host,
    [ATTR_CLIENT_ADDRESS]: clientAddress,
    [ATTR_NETWORK_PROTOCOL_VERSION]: httpVersion,
    [CORRELATION_ATTRIBUTE]: correlationId,
    ...(route === undefined ? {} : { [ATTR_HTTP_ROUTE]: route }),
    ...(userAgent === undefined ? {} : { [ATTR_USER_AGENT_ORIGINAL]: userAgent }),
  };
}

/** Keeps the error behind an answer with the request's span. */
export function noteError(work: Work | undefined, error: unknown): void {
  work?.trace?.recording?.span.recordException(error instanceof Error ? error : String(error));
}

/** Ends a server's span, where there is one: our own failures are its errors, a caller's are not. */
export function endServerSpan(work: Work | undefined, status: number): void {
  const span = work?.trace?.recording?.span;
  if (span === undefined) return;
  span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
  if (status >= 500) {
    span.setAttribute(ATTR_ERROR_TYPE, String(status));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
