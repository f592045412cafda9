import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Metrics } from "../metrics.ts";
import { CORRELATION_HEADER, withWork, type Work } from "../correlation.ts";
import { endServerSpan, workOfRequest } from "../tracing/http-span.ts";
import { passingTracing, type Tracing } from "../tracing/tracing.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Of the caller where well-formed, else made here; echoed in every response. */
    readonly correlationId: string;
    /** What everything that is done for this request is a part of; absent before the first hook. */
    work: Work | undefined;
  }
}

/** Asked by machines every few seconds: not worth a line each. */
const QUIET = new Set(["/health", "/health/live", "/health/ready", "/metrics"]);

/** Methods whose series stand at zero from the start, so that a rule can be checked before the first request. */
const ZEROED = ["GET", "POST"];

/** Correlation id on every request and answer, one log line, one measurement and one span for each. */
export function observeRequests(app: FastifyInstance, metrics: Metrics, tracing: Tracing = passingTracing): void {
  app.decorateRequest("correlationId", {
    getter(this: FastifyRequest) {
      return this.id;
    },
  });
  app.decorateRequest("work", undefined);
  app.addHook("onRequest", (request, reply, done) => {
    reply.header(CORRELATION_HEADER, request.id);
    request.work = workOf(request, tracing);
    withWork(request.work, done);
  });
  // Reading a body leaves the context of the first hook: enter it again for the handler.
  app.addHook("preValidation", (request, _reply, done) => (request.work === undefined ? done() : withWork(request.work, done)));
  const measure = measurement(metrics);
  app.addHook("onResponse", (request, reply, done) => {
    measure(request, reply);
    logAccess(request, reply);
    endServerSpan(request.work, reply.raw.statusCode);
    done();
  });
  app.addHook("onRoute", (route) => {
    if (QUIET.has(route.url)) return;
    const methods = Array.isArray(route.method) ? route.method : [route.method];
    for (const method of ZEROED.filter((name) => methods.includes(name))) {
      for (const code of ["200", "500"]) metrics.httpDuration.zero({ route: route.url, method, code });
    }
  });
}

/** A request's work: what machines ask every few seconds has no trace. */
function workOf(request: FastifyRequest, tracing: Tracing): Work {
  if (QUIET.has(request.routeOptions.url ?? "")) return { correlationId: request.id };
  return workOfRequest(tracing, request.id, request.headers, () => ({
    method: request.method,
    url: request.url,
    route: request.routeOptions.url,
    protocol: request.protocol,
    host: request.hostname,
    clientAddress: request.ip,
    httpVersion: request.raw.httpVersion,
    userAgent: request.headers["user-agent"],
  }));
}

/** Series are looked up by one short key instead of by hashing three labels for each request. */
function measurement(metrics: Metrics): (request: FastifyRequest, reply: FastifyReply) => void {
  const children = new Map<string, { observe(seconds: number): void }>();
  return (request, reply) => {
    const route = request.routeOptions.url ?? "unknown";
    const key = `${request.method} ${reply.statusCode} ${route}`;
    let child = children.get(key);
    if (child === undefined) {
      child = metrics.httpDuration.labels({ route, method: request.method, code: String(reply.statusCode) });
      children.set(key, child);
    }
    child.observe(reply.elapsedTime / 1000);
  };
}

function logAccess(request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? "unknown";
  const level = QUIET.has(route) ? "debug" : reply.statusCode >= 500 ? "warn" : "info";
  request.log[level](
    {
      correlationId: request.id,
      traceId: request.work?.trace?.traceId,
      method: request.method,
      path: request.url.split("?", 1)[0],
      route,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
    },
    "request",
  );
}
