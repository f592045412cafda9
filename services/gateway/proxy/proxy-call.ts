import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { OpenStreams } from "./open-streams.ts";
import type { Trace } from "../../base/tracing/trace.ts";

/** One request on its way through the gateway, as the proxy needs it: whoever took it in, Fastify or the server itself. */
export interface ProxyCall {
  /** Of the caller where well-formed, else made here. */
  readonly correlationId: string;
  /** Trace that the request belongs to; absent: what the caller said goes through as it is. */
  readonly trace?: Trace | undefined;
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly protocol: string;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  /** Headers that the gateway adds to whatever answer the caller gets; names in lower case. */
  readonly ownHeaders: OutgoingHttpHeaders;
  /** Knows the answers that do not end by themselves. */
  readonly streams?: OpenStreams;
  /** From now on the proxy writes the answer itself. */
  takeOver(): void;
}
