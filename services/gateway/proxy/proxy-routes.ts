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
      if (service !== undefined) void passOn(service, taken, parts, context);
    },
  );
  app.front.takeUpgrades((upgrade) => {
    const service = paths.find(upgrade.request.url ?? "/")?.service;
    if (service !== undefined) void parts.upgrades.open(service, upgrade);
  });
  // Whoever stops ends what would never end by itself; requests are finished.
  app.addHook("preClose", async () => parts.streams.drain());
}

async function passOn(service: string, taken: FrontRequest, parts: ProxyParts, context: ServiceContext): Promise<void> {
  try {
    const limited = parts.limits.hold(taken.request, taken.ownHeaders, service);
    const refusal = limited instanceof Promise ? await limited : limited;
    const problem = refusal ?? (await forward(service, taken, parts));
    if (problem !== undefined) refuse(taken, problem, context);
  } catch (error) {
    refuse(taken, problemOf(error), context);
  }
}

async function forward(service: string, taken: FrontRequest, { forwarder, operators, streams }: ProxyParts): Promise<Problem | undefined> {
  const colour = pinnedColour(taken, operators);
  if (colour instanceof Problem) return colour;
  const result = await forwarder.forward(service, callOf(taken, streams), colour);
  return result.kind === "problem" ? result.problem : undefined;
}

function refuse(taken: FrontRequest, problem: Problem, { log }: ServiceContext): void {
  if (problem.status >= 500) {
    const { correlationId } = taken;
    log[problem.status === 500 ? "error" : "warn"]({ err: problem.cause ?? problem, code: problem.code, correlationId }, problem.message);
  }
  answerProblem(taken, problem);
}

function callOf({ request, response, correlationId, work, ownHeaders }: FrontRequest, streams: OpenStreams): ProxyCall {
  return {
    correlationId,
    trace: work.trace,
    method: request.method ?? "GET",
    url: request.url ?? "/",
    headers: request.headers,
    protocol: "http",
    raw: request,
    response,
    ownHeaders,
    takeOver: nothing,
    streams,
  };
}

const nothing = (): void => undefined;

function pinnedColour({ request: { headers } }: FrontRequest, operators: OperatorCheck): Colour | Problem | undefined {
  const colour = headers[COLOUR_HEADER];
  if (colour === undefined) return undefined;
  if (!operators.isOperator(headers[OPERATOR_HEADER])) return gatewayProblems.operatorRequired();
  return colour === "blue" || colour === "green" ? colour : gatewayProblems.wrongColour();
}
