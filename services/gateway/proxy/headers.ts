import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { OPERATOR_HEADER } from "../../base/auth/operator.ts";
import { CORRELATION_HEADER } from "../../base/correlation.ts";

/** Headers of one connection, not of the message (RFC 9110, 7.6.1): they end here in both directions. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers of a request that stay here: `host` becomes the instance's, Node has answered `expect` itself. */
const KEPT_HERE = new Set([...HOP_BY_HOP, "host", "expect", "http2-settings", OPERATOR_HEADER]);

export interface Forwarded {
  readonly correlationId: string;
  readonly clientAddress: string;
  readonly host: string | undefined;
  readonly protocol: string;
}

/** Header names that `Connection` declares to be of this connection only. */
function connectionOptions(connection: string | string[] | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return undefined;
  const text = Array.isArray(connection) ? connection.join(",") : connection;
  return new Set(text.split(",").map((name) => name.trim().toLowerCase()));
}

/** Headers for the service: the caller's without those of the connection, and who the caller is. */
export function requestHeaders(incoming: IncomingHttpHeaders, forwarded: Forwarded): Record<string, string | string[]> {
  const dropped = connectionOptions(incoming.connection);
  const headers: Record<string, string | string[]> = {};
  for (const name in incoming) {
    const value = incoming[name];
    if (value === undefined || KEPT_HERE.has(name) || dropped?.has(name)) continue;
    headers[name] = value;
  }
  headers[CORRELATION_HEADER] = forwarded.correlationId;
  const chain = incoming["x-forwarded-for"];
  headers["x-forwarded-for"] = chain === undefined ? forwarded.clientAddress : `${String(chain)}, ${forwarded.clientAddress}`;
  headers["x-forwarded-proto"] ??= forwarded.protocol;
  if (forwarded.host !== undefined) headers["x-forwarded-host"] ??= forwarded.host;
  return headers;
}

/** Headers for the caller: the service's without those of the connection, and what the gateway has to say. */
export function responseHeaders(upstream: IncomingHttpHeaders, own: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const dropped = connectionOptions(upstream.connection);
  const headers: OutgoingHttpHeaders = {};
  for (const name in upstream) {
    if (!HOP_BY_HOP.has(name) && !dropped?.has(name)) headers[name] = upstream[name];
  }
  for (const name in own) headers[name] = own[name];
  return headers;
}
