import type { FastifyInstance, FastifyRequest } from "fastify";
import { CORRELATION_HEADER, withWork, type Work } from "../correlation.ts";
import { workOfRequest } from "../tracing/http-span.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { QUIET_ROUTES, type RequestRecords } from "./request-records.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Of the caller where well-formed, else made here; echoed in every response. */
    readonly correlationId: string;
    /** What everything that is done for this request is a part of; absent before the first hook. */
    work: Work | undefined;
  }
}

/** Correlation id on every request and answer, one log line, one measurement and one span for each. */
export function observeRequests(app: FastifyInstance, records: RequestRecords, tracing: Tracing): void {
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
  app.addHook("onResponse", (request, reply, done) => {
    const { id: correlationId, work, method, url } = request;
    records.keep({ correlationId, work, method, url, route: request.routeOptions.url ?? "unknown", status: reply.raw.statusCode, elapsedMs: reply.elapsedTime });
    done();
  });
  app.addHook("onRoute", (route) => records.zero(route.url, Array.isArray(route.method) ? route.method : [route.method]));
}

/** A request's work: what machines ask every few seconds has no trace. */
function workOf(request: FastifyRequest, tracing: Tracing): Work {
  if (QUIET_ROUTES.has(request.routeOptions.url ?? "")) return { correlationId: request.id };
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
