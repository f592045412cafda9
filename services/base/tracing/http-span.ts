import { SpanStatusCode } from "@opentelemetry/api";
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
import type { FastifyReply, FastifyRequest } from "fastify";
import { CORRELATION_ATTRIBUTE } from "./attributes.ts";
import type { Recording } from "./trace.ts";

/** Name of a server's span: the route's pattern, never the path, of which there is no end. */
export function serverSpanName(request: FastifyRequest): string {
  const route = request.routeOptions.url;
  return route === undefined ? request.method : `${request.method} ${route}`;
}

/** Writes what is known when a request has come in. */
export function describeRequest({ span }: Recording, request: FastifyRequest): void {
  const route = request.routeOptions.url;
  const userAgent = request.headers["user-agent"];
  span.setAttributes({
    [ATTR_HTTP_REQUEST_METHOD]: request.method,
    [ATTR_URL_PATH]: request.url.split("?", 1)[0] ?? "/",
    [ATTR_URL_SCHEME]: request.protocol,
    [ATTR_SERVER_ADDRESS]: request.hostname,
    [ATTR_CLIENT_ADDRESS]: request.ip,
    [ATTR_NETWORK_PROTOCOL_VERSION]: request.raw.httpVersion,
    [CORRELATION_ATTRIBUTE]: request.id,
    ...(route === undefined ? {} : { [ATTR_HTTP_ROUTE]: route }),
    ...(userAgent === undefined ? {} : { [ATTR_USER_AGENT_ORIGINAL]: userAgent }),
  });
}

/** Keeps the error behind an answer with the request's span. */
export function noteError(request: FastifyRequest, error: unknown): void {
  request.work?.trace?.recording?.span.recordException(error instanceof Error ? error : String(error));
}

/** Ends a server's span: our own failures are its errors, a caller's are not. */
export function endServerSpan({ span }: Recording, reply: FastifyReply): void {
  const status = reply.raw.statusCode;
  span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
  if (status >= 500) {
    span.setAttribute(ATTR_ERROR_TYPE, String(status));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
