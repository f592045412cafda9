import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { CallerWatch } from "../../base/http/front.ts";
import type { Trace } from "../../base/tracing/trace.ts";
import type { OpenStreams } from "./open-streams.ts";

/** One request on its way through the gateway, as the proxy needs it. */
export interface ProxyCall {
  /** Of the caller where well-formed, else made here. */
  readonly correlationId: string;
  /** Trace that the request belongs to; absent: what the caller said goes through as it is. */
  readonly trace?: Trace | undefined;
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  /** Headers that the gateway adds to whatever answer the caller gets; names in lower case. */
  readonly ownHeaders: Record<string, string>;
  /** Knows the answers that do not end by themselves. */
  readonly streams?: OpenStreams;
  /** Who is told when the caller leaves before the answer has ended; undefined: nobody. */
  watch(watch: CallerWatch | undefined): void;
}
