import type { ServerOptions } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { fastify, LogController } from "fastify";
import type { Logger } from "pino";
import type { ServiceConfig } from "../config.ts";
import { CORRELATION_HEADER, correlationIdOf } from "../correlation.ts";
import type { ServiceDeclaration } from "../declaration.ts";
import type { Metrics } from "../metrics.ts";
import { Problem } from "../problem.ts";
import type { ServiceApp } from "../service.ts";
import { passingTracing, type Tracing } from "../tracing/tracing.ts";
import { AllowedMethods } from "./allowed-methods.ts";
import { answerClientError } from "./client-error.ts";
import { problemOf } from "./errors.ts";
import { Front } from "./front.ts";
import { observeRequests } from "./observe.ts";
import { documentApi } from "./openapi.ts";
import { answerProblems, replyProblem } from "./problem-reply.ts";
import { RequestRecords } from "./request-records.ts";
import { UNTOUCHED_HEADER } from "./untouched.ts";
import { createValidatorCompiler } from "./validation.ts";

/** Every limit of an HTTP server in one place: Fastify's and Node's defaults keep a slow client for ever. */
export const HTTP_LIMITS = {
  /** From the first byte to the end of the headers. */
  headersTimeoutMs: 5_000,
  /** From the first byte to the end of the body. */
  requestTimeoutMs: 30_000,
  /** How often both are looked at. */
  connectionsCheckMs: 1_000,
  /** Longer than the idle time of the proxies' pools, so that they and not we end idle connections. */
  keepAliveTimeoutMs: 75_000,
  maxHeaderBytes: 16_384,
  bodyBytes: 1_048_576,
} as const;

const SERVER_OPTIONS: ServerOptions = {
  headersTimeout: HTTP_LIMITS.headersTimeoutMs,
  requestTimeout: HTTP_LIMITS.requestTimeoutMs,
  connectionsCheckingInterval: HTTP_LIMITS.connectionsCheckMs,
  keepAliveTimeout: HTTP_LIMITS.keepAliveTimeoutMs,
  maxHeaderSize: HTTP_LIMITS.maxHeaderBytes,
};

/** Only those who stand between us and the outside may say who a request came from. */
const TRUSTED_PROXIES = ["loopback", "linklocal", "uniquelocal"];

/** What the app asks before each request. */
export interface Availability {
  readonly ready: boolean;
  readonly draining: boolean;
}

export interface AppOptions {
  readonly declaration: ServiceDeclaration;
  readonly config: ServiceConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly availability: Availability;
  /** Absent: traces that come in are passed on, and none is recorded. */
  readonly tracing?: Tracing;
}

/** Paths that answer also before the service is ready. */
const ALWAYS_OPEN = /^\/(health(\/live|\/ready)?|metrics|openapi\.json)(\?|$)/;

/** The HTTP side of a service without any route yet. */
export async function createApp(options: AppOptions): Promise<ServiceApp> {
  const tracing = options.tracing ?? passingTracing;
  const records = new RequestRecords(options.metrics, options.log);
  const front = new Front({ records, tracing, availability: options.availability });
  const app = fastify({
    loggerInstance: options.log,
    // The correlation id comes from the async context: no child logger for each request.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (raw) => correlationIdOf(raw.headers[CORRELATION_HEADER]),
    requestIdHeader: false,
    trustProxy: TRUSTED_PROXIES,
    bodyLimit: HTTP_LIMITS.bodyBytes,
    serverFactory: (handler) => front.createServer(SERVER_OPTIONS, handler),
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    // A path that cannot be decoded, or is too long in a part, never comes to the hooks and handlers below.
    frameworkErrors: (error, request, reply) => {
      const { id: correlationId, method, url } = request;
      const { raw } = reply;
      raw.once("finish", () => {
        records.keep({ correlationId, work: undefined, method, url, route: "unknown", status: raw.statusCode, elapsedMs: reply.elapsedTime });
      });
      void replyProblem(reply.header(CORRELATION_HEADER, request.id), problemOf(error));
    },
    clientErrorHandler: (error, socket) => answerClientError(error, socket),
    // Requests that arrive while draining are still answered; the drain decides when that ends.
    return503OnClosing: false,
    exposeHeadRoutes: true,
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as ServiceApp;

  app.setValidatorCompiler(createValidatorCompiler());
  const allowed = new AllowedMethods();
  app.addHook("onRoute", (route) => allowed.add(route.url, Array.isArray(route.method) ? route.method : [route.method]));
  app.decorate("front", front);
  observeRequests(app, records, tracing);
  answerProblems(app, allowed);
  app.addHook("onRequest", (request, reply, done) => {
    if (options.availability.draining) reply.header("connection", "close");
    if (options.availability.ready || ALWAYS_OPEN.test(request.url)) return done();
    reply.header(UNTOUCHED_HEADER, "true");
    replyProblem(reply, new Problem({ status: 503, code: "not-ready", title: "The service is still starting", retryAfterSeconds: 1 }));
  });
  await documentApi(app, options.declaration, options.config);
  return app;
}
