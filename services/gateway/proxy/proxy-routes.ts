import { COLOUR_HEADER, OPERATOR_HEADER, type OperatorCheck } from "../../base/auth/operator.ts";
import type { Colour } from "../../base/config.ts";
import type { ServiceDeclaration } from "../../base/declaration.ts";
import { answerProblem, type FrontRequest } from "../../base/http/front.ts";
import { problemOf } from "../../base/http/errors.ts";
import { Problem } from "../../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../../base/service.ts";
import type { RequestLimits } from "../limits/request-limits.ts";
import { gatewayProblems } from "../problems.ts";
import type { Forwarder } from "./forwarder.ts";
import type { OpenStreams } from "./open-streams.ts";
import type { ProxyCall } from "./proxy-call.ts";
import { ServicePaths } from "./service-paths.ts";
import type { Upgrades } from "./upgrade.ts";

export interface ProxyParts {
  readonly forwarder: Forwarder;
  readonly operators: OperatorCheck;
  readonly limits: RequestLimits;
  readonly upgrades: Upgrades;
  readonly streams: OpenStreams;
}

/**
 * `/api/v1/<route>` and everything below it of each service, any method, streamed both ways. These requests never see
 * Fastify: its life cycle costs as much as the whole way through the proxy.
 */
export function proxyRoutes(app: ServiceApp, context: ServiceContext, services: readonly ServiceDeclaration[], parts: ProxyParts): void {
  const paths = new ServicePaths(services);
  app.front.take(
    paths.patterns(),
    (url) => paths.find(url)?.pattern,
    (taken) => {
      const service = paths.find(taken.request.url ?? "/")?.service;
      if (service !== undefined) passOn(service, taken, parts, context);
    },
  );
  app.front.takeUpgrades((upgrade) => {
    const service = paths.find(upgrade.request.url ?? "/")?.service;
    if (service !== undefined) void parts.upgrades.open(service, upgrade);
  });
  // Whoever stops ends what would never end by itself; requests are finished.
  app.addHook("preClose", async () => parts.streams.drain());
}

/** Most requests pass without any promise: their limits are decided at once. */
function passOn(service: string, taken: FrontRequest, parts: ProxyParts, context: ServiceContext): void {
  const done = (problem: Problem | undefined): void => {
    if (problem !== undefined) refuse(taken, problem, context);
  };
  const go = (refusal: Problem | undefined): void => {
    try {
      if (refusal === undefined) forward(service, taken, parts, done);
      else done(refusal);
    } catch (error) {
      done(problemOf(error));
    }
  };
  const limited = parts.limits.hold(taken.request, taken.ownHeaders, service);
  if (limited instanceof Promise) limited.then(go, (error: unknown) => done(problemOf(error)));
  else go(limited);
}

function forward(service: string, taken: FrontRequest, { forwarder, operators, streams }: ProxyParts, done: (problem: Problem | undefined) => void): void {
  const colour = pinnedColour(taken, operators);
  if (colour instanceof Problem) done(colour);
  else forwarder.forward(service, callOf(taken, streams), colour, done);
}

function refuse(taken: FrontRequest, problem: Problem, { log }: ServiceContext): void {
  if (problem.status >= 500) {
    const { correlationId } = taken;
    log[problem.status === 500 ? "error" : "warn"]({ err: problem.cause ?? problem, code: problem.code, correlationId }, problem.message);
  }
  answerProblem(taken, problem);
}

function callOf(taken: FrontRequest, streams: OpenStreams): ProxyCall {
  const { request, response, correlationId, work, ownHeaders } = taken;
  return {
    correlationId,
    trace: work.trace,
    method: request.method ?? "GET",
    url: request.url ?? "/",
    headers: request.headers,
    raw: request,
    response,
    ownHeaders,
    streams,
    watch: (watch) => (taken.watch = watch),
  };
}

function pinnedColour({ request: { headers } }: FrontRequest, operators: OperatorCheck): Colour | Problem | undefined {
  const colour = headers[COLOUR_HEADER];
  if (colour === undefined) return undefined;
  if (!operators.isOperator(headers[OPERATOR_HEADER])) return gatewayProblems.operatorRequired();
  return colour === "blue" || colour === "green" ? colour : gatewayProblems.wrongColour();
}
