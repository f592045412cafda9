import type { OutgoingHttpHeaders } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { OPERATOR_HEADER, type OperatorCheck } from "../../base/auth/operator.ts";
import type { Colour } from "../../base/config.ts";
import type { ServiceDeclaration } from "../../base/declaration.ts";
import type { ServiceApp } from "../../base/service.ts";
import { gatewayProblems } from "../problems.ts";
import type { Forwarder } from "./forwarder.ts";
import type { ProxyCall } from "./proxy-call.ts";

/** Pins a request to a colour; only an operator may send it. */
export const COLOUR_HEADER = "x-astra-colour";

export interface ProxyParts {
  readonly forwarder: Forwarder;
  readonly operators: OperatorCheck;
}

/** One route for each service: `/api/v1/<route>` and everything below it, any method, streamed both ways. */
export async function proxyRoutes(app: ServiceApp, services: readonly ServiceDeclaration[], parts: ProxyParts): Promise<void> {
  await app.register(async (scope) => {
    // Bodies pass through unread.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    for (const service of services) {
      if (service.route === undefined) continue;
      for (const url of [`/api/v1/${service.route}`, `/api/v1/${service.route}/*`]) {
        scope.all(url, { schema: { hide: true }, config: { upstream: service.name } }, (request, reply) => passOn(service.name, request, reply, parts));
      }
    }
  });
}

async function passOn(service: string, request: FastifyRequest, reply: FastifyReply, parts: ProxyParts): Promise<void> {
  const colour = pinnedColour(request, parts.operators);
  const result = await parts.forwarder.forward(service, callOf(request, reply), colour);
  if (result.kind === "problem") throw result.problem;
  // The answer went out, or there is nobody to answer: Fastify has nothing to add.
  if (!reply.sent) reply.hijack();
}

function callOf(request: FastifyRequest, reply: FastifyReply): ProxyCall {
  return {
    correlationId: request.id,
    method: request.method,
    url: request.url,
    headers: request.headers,
    protocol: request.protocol,
    raw: request.raw,
    response: reply.raw,
    ownHeaders: reply.getHeaders() as OutgoingHttpHeaders,
    takeOver: () => void reply.hijack(),
  };
}

function pinnedColour(request: FastifyRequest, operators: OperatorCheck): Colour | undefined {
  const colour = request.headers[COLOUR_HEADER];
  if (colour === undefined) return undefined;
  if (!operators.isOperator(request.headers[OPERATOR_HEADER])) throw gatewayProblems.operatorRequired();
  if (colour !== "blue" && colour !== "green") throw gatewayProblems.wrongColour();
  return colour;
}
