import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { OPERATOR_HEADER } from "../../base/auth/operator.ts";
import { CORRELATION_HEADER } from "../../base/correlation.ts";
import { TRACEPARENT_HEADER, TRACESTATE_HEADER } from "../../base/tracing/trace-context.ts";

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

/** Headers of a request that the gateway says itself. */
const SAID_HERE = new Set([CORRELATION_HEADER, TRACEPARENT_HEADER, "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"]);

/** Who a request comes from, and what it belongs to. */
export interface Forwarded {
  readonly correlationId: string;
  /** Absent: the caller's goes through as it is. */
  readonly traceparent?: string | undefined;
  /** The trace begins here: the caller's state belongs to none. */
  readonly isNewTrace?: boolean | undefined;
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
    if (value === undefined || KEPT_HERE.has(name) || dropped?.has(name) || (forwarded.isNewTrace === true && name === TRACESTATE_HEADER)) continue;
    headers[name] = value;
  }
  headers[CORRELATION_HEADER] = forwarded.correlationId;
  if (forwarded.traceparent !== undefined) headers[TRACEPARENT_HEADER] = forwarded.traceparent;
  const chain = incoming["x-forwarded-for"];
  headers["x-forwarded-for"] = chain === undefined ? forwarded.clientAddress : `${String(chain)}, ${forwarded.clientAddress}`;
  headers["x-forwarded-proto"] ??= forwarded.protocol;
  if (forwarded.host !== undefined) headers["x-forwarded-host"] ??= forwarded.host;
  return headers;
}

/** A path that would end the line it stands in, or is read differently by others. */
const ODD_PATH = /[^\x21-\xff]/;

/**
 * A request's line and headers as they go out: those of `requestHeaders`, in one text without a table of them in between.
 * `host` and `connection` are missing.
 * @throws RangeError for a path that is none. Names and values are those of a request that Node has taken.
 */
export function requestHead(method: string, path: string, incoming: IncomingHttpHeaders, forwarded: Forwarded): string {
  if (ODD_PATH.test(path)) throw new RangeError("a path has no blanks and no control characters");
  const { correlationId, traceparent, isNewTrace, clientAddress, host, protocol } = forwarded;
  const dropped = connectionOptions(incoming.connection);
  let head = `${method} ${path} HTTP/1.1\r\n`;
  for (const name in incoming) {
    if (KEPT_HERE.has(name) || SAID_HERE.has(name) || dropped?.has(name) || (isNewTrace === true && name === TRACESTATE_HEADER)) continue;
    const value = incoming[name];
    if (typeof value === "string") head += `${name}: ${value}\r\n`;
    else for (const each of value ?? []) head += `${name}: ${each}\r\n`;
  }
  const said = (name: string): string | undefined => (dropped?.has(name) === true ? undefined : (incoming[name] as string | undefined));
  const chain = incoming["x-forwarded-for"];
  const trace = traceparent ?? said(TRACEPARENT_HEADER);
  const from = said("x-forwarded-host") ?? host;
  head += `${CORRELATION_HEADER}: ${correlationId}\r\nx-forwarded-for: ${chain === undefined ? clientAddress : `${String(chain)}, ${clientAddress}`}\r\n`;
  head += `x-forwarded-proto: ${said("x-forwarded-proto") ?? protocol}\r\n`;
  if (from !== undefined) head += `x-forwarded-host: ${from}\r\n`;
  return trace === undefined ? head : `${head}${TRACEPARENT_HEADER}: ${trace}\r\n`;
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

/** The same headers as names and values in turn. */
export function fieldsOf(upstream: IncomingHttpHeaders): readonly string[] {
  return Object.entries(responseHeaders(upstream, {})).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((each) => (each === undefined ? [] : [name, String(each)])),
  );
}

/** Names and values for the caller: the service's without those that the gateway says itself, and the gateway's. */
export function answerFields(fields: readonly string[], own: Readonly<Record<string, string>>): readonly string[] {
  const result: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? "";
    if (own[name] === undefined) result.push(name, fields[index + 1] ?? "");
  }
  for (const name in own) result.push(name, own[name] ?? "");
  return result;
}
