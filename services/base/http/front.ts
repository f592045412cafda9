import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { USER_HEADER } from "../auth/token-authenticator.ts";
import { CORRELATION_HEADER, correlationIdOf, type Work } from "../correlation.ts";
import { problemHead, type Problem } from "../problem.ts";
import { noteError, workOfRequest } from "../tracing/http-span.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { malformedRequest } from "./client-error.ts";
import { FrontUpgrade, isWebSocket } from "./front-upgrade.ts";
import type { RequestRecords } from "./request-records.ts";

/** A request that was taken before Fastify saw it. */
export interface FrontRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly work: Work;
  readonly correlationId: string;
  /** Headers of whatever answer it gets; names in lower case. */
  readonly ownHeaders: Record<string, string>;
  /** Who is told when the connection ends before the answer does. */
  watch: CallerWatch | undefined;
}

/** Somebody who works for a caller that may leave. */
export interface CallerWatch {
  callerGone(): void;
}

export interface FrontOptions {
  readonly records: RequestRecords;
  readonly tracing: Tracing;
  readonly availability: { readonly ready: boolean; readonly draining: boolean };
}

/** The pattern of the route that takes a path; undefined where Fastify is to answer. */
export type FrontRoute = (url: string) => string | undefined;
export type FrontHandler = (taken: FrontRequest, route: string) => void;
/** What a path of the process itself is answered with. */
export interface OwnAnswer {
  readonly status: number;
  readonly body: unknown;
}
export type UpgradeHandler = (upgrade: FrontUpgrade, route: string) => void;

declare module "fastify" {
  interface FastifyInstance {
    /** What is answered before the framework: a proxy's requests, which need nothing of its life cycle. */
    readonly front: Front;
  }
}

/**
 * Requests that the server answers itself, with the same correlation id, record, trace and errors as Fastify's. What it
 * does not know, and everything before the process is ready, is Fastify's.
 */
export class Front {
  readonly #options: FrontOptions;
  #route: FrontRoute | undefined;
  #handle: FrontHandler | undefined;
  #upgrade: UpgradeHandler | undefined;
  readonly #own = new Map<string, () => Promise<OwnAnswer>>();

  constructor(options: FrontOptions) {
    this.#options = options;
  }

  /** Has a handler answer all requests whose path has a route. `patterns`: all of them, for their metrics. */
  take(patterns: readonly string[], route: FrontRoute, handle: FrontHandler): void {
    for (const pattern of patterns) this.#options.records.zero(pattern, ["GET", "POST"]);
    this.#route = route;
    this.#handle = handle;
  }

  /** Has a handler answer requests for a WebSocket to the same routes; without it they are requests like others. */
  takeUpgrades(handle: UpgradeHandler): void {
    this.#upgrade = handle;
  }

  /**
   * Has a plain GET of a path, without anybody's name on it, answered with JSON before the framework: for what machines ask all the
   * time, often over a new connection each. Fastify has the same route for everything else.
   */
  answer(path: string, own: () => Promise<OwnAnswer>): void {
    this.#own.set(path, own);
  }

  /** A server whose requests are seen here first. */
  createServer(options: ServerOptions, otherwise: (request: IncomingMessage, response: ServerResponse) => void): Server {
    // Node refuses a missing host with an empty answer of its own; ours names the problem.
    const shouldUpgradeCallback = (request: IncomingMessage): boolean =>
      this.#upgrade !== undefined && this.#options.availability.ready && isWebSocket(request) && hasOneHost(request) && this.#route?.(request.url ?? "/") !== undefined;
    const server = createServer({ ...options, requireHostHeader: false, shouldUpgradeCallback }, (request, response) => {
      if (!hasOneHost(request)) refuseHost(response);
      else if (!this.#accept(request, response) && !this.#acceptOwn(request, response, otherwise)) otherwise(request, response);
    });
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#acceptUpgrade(request, socket, head));
    return server;
  }

  #accept(request: IncomingMessage, response: ServerResponse): boolean {
    const { availability, records } = this.#options;
    const { url = "/", method = "GET" } = request;
    const route = this.#route?.(url);
    if (route === undefined || this.#handle === undefined || !availability.ready) return false;
    const startedAtMs = performance.now();
    const work = this.#workOf(request, route);
    const { correlationId } = work;
    const ownHeaders: Record<string, string> = { [CORRELATION_HEADER]: correlationId };
    if (availability.draining) ownHeaders["connection"] = "close";
    const taken: FrontRequest = { request, response, work, correlationId, ownHeaders, watch: undefined };
    response.on("close", () => {
      taken.watch?.callerGone();
      records.keep({ correlationId, work, method, url, route, status: response.statusCode, elapsedMs: performance.now() - startedAtMs });
    });
    this.#handle(taken, route);
    return true;
  }

  #acceptOwn(request: IncomingMessage, response: ServerResponse, otherwise: (request: IncomingMessage, response: ServerResponse) => void): boolean {
    const { url = "/", method = "GET", headers } = request;
    const own = method === "GET" ? this.#own.get(url) : undefined;
    if (own === undefined || headers[USER_HEADER] !== undefined || headers.authorization !== undefined) return false;
    const startedAtMs = performance.now();
    own().then(
      ({ status, body }) => {
        const text = JSON.stringify(body);
        const correlationId = correlationIdOf(headers[CORRELATION_HEADER]);
        response.on("close", () => this.#options.records.keep({ correlationId, work: undefined, method, url, route: url, status, elapsedMs: performance.now() - startedAtMs }));
        response.writeHead(status, {
          [CORRELATION_HEADER]: correlationId,
          "content-type": "application/json; charset=utf-8",
          "content-length": Buffer.byteLength(text),
          ...(this.#options.availability.draining ? { connection: "close" } : {}),
        });
        response.end(text);
      },
      () => otherwise(request, response),
    );
    return true;
  }

  #acceptUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { url = "/", method = "GET" } = request;
    const route = this.#route?.(url);
    if (route === undefined || this.#upgrade === undefined) {
      socket.destroy();
      return;
    }
    const startedAtMs = performance.now();
    const work = this.#workOf(request, route);
    const { correlationId } = work;
    const ownHeaders = { [CORRELATION_HEADER]: correlationId };
    const record = (status: number): void => this.#options.records.keep({ correlationId, work, method, url, route, status, elapsedMs: performance.now() - startedAtMs });
    this.#upgrade(new FrontUpgrade({ request, socket, head, work, ownHeaders }, record), route);
  }

  #workOf(request: IncomingMessage, route: string): Work {
    const { url = "/", method = "GET", headers } = request;
    return workOfRequest(this.#options.tracing, correlationIdOf(headers[CORRELATION_HEADER]), headers, () => ({
      method,
      url,
      route,
      protocol: "http",
      host: headers.host ?? "",
      clientAddress: request.socket.remoteAddress ?? "unknown",
      httpVersion: request.httpVersion,
      userAgent: headers["user-agent"],
    }));
  }
}

/** HTTP/1.1 takes exactly one (RFC 9112, 3.2): two readers could choose different ones. */
function hasOneHost({ rawHeaders, httpVersionMinor }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  return hosts === 1 || (hosts === 0 && httpVersionMinor === 0);
}

function refuseHost(response: ServerResponse): void {
  const correlationId = correlationIdOf(undefined);
  const problem = malformedRequest("It takes exactly one Host header.");
  const body = JSON.stringify(problem.body(correlationId));
  response.writeHead(problem.status, { ...problemHead(problem), [CORRELATION_HEADER]: correlationId, connection: "close", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** Answers a taken request with a problem. An answer that has begun cannot become one: its connection ends. */
export function answerProblem({ response, work, correlationId, ownHeaders }: FrontRequest, problem: Problem): void {
  if (problem.status >= 500) noteError(work, problem.cause ?? problem);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(problem.body(correlationId));
  response.writeHead(problem.status, { ...ownHeaders, ...problemHead(problem), "content-length": Buffer.byteLength(body) });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
