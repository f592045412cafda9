import type { FastifyReply, FastifyRequest } from "fastify";
import { USER_HEADER } from "../../base/auth/token-authenticator.ts";
import type { ServiceApp, ServiceContext } from "../../base/service.ts";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import { gatewayProblems } from "../problems.ts";
import { listenToChannels } from "../../base/redis/channels.ts";
import { closeRedis, createRedis } from "../../base/redis/connection.ts";
import type { Decision, Limit } from "./limit.ts";
import type { Limiter } from "./limiter.ts";
import { RECALL_CHANNEL } from "./shared-windows.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Service that this route leads to; its limit counts the requests of all callers. */
    readonly upstream?: string;
  }
}

const MAX_USER_KEY = 128;

/**
 * Holds every request against its limits: the user's, whatever the path, and the service's. A request without a user
 * to the gateway's own pages is not limited.
 */
export function limitRequests(app: ServiceApp, context: ServiceContext, limiter: Limiter, metrics: GatewayMetrics): void {
  const { perUser, perService } = context.config.limits;
  const recalls = createRedis(context.config.redis, { name: `${context.config.instance} limits` }, context.log);
  listenToChannels(recalls, { [RECALL_CHANNEL]: (key) => limiter.recall(key) });
  app.addHook("onClose", async () => {
    await limiter.stop();
    closeRedis(recalls);
  });
  app.addHook("onRequest", async (request, reply) => {
    const user = await limitedUser(request, context);
    const service = request.routeOptions.config.upstream;
    const limits: Limit[] = [];
    if (user !== undefined) limits.push({ scope: "user", key: `user:${user}`, max: perUser });
    if (service !== undefined) limits.push({ scope: "service", key: `service:${service}`, max: perService });
    if (limits.length === 0) return;
    const decision = await limiter.hit(limits);
    tellLimits(reply, decision);
    if (decision.refusedBy === undefined) return;
    const { limit, resetMs } = decision.refusedBy;
    metrics.rateLimited.inc({ scope: limit.scope });
    throw gatewayProblems.rateLimited(limit.scope, limit.max, Math.max(1, Math.ceil(resetMs / 1000)));
  });
}

/** Who the request counts for: the token's user, in mode `dev` also whoever `X-User-ID` names. */
async function limitedUser(request: FastifyRequest, context: ServiceContext): Promise<string | undefined> {
  const header = request.headers[USER_HEADER];
  // In production nobody may say who they are, neither to us nor to the services behind.
  if (context.config.mode === "production") Reflect.deleteProperty(request.headers, USER_HEADER);
  if (request.headers.authorization !== undefined) {
    try {
      return String(await context.auth.userOf(request));
    } catch {
      // The service says what is wrong with the token; nobody else's count is touched.
      return undefined;
    }
  }
  return context.config.mode === "dev" && typeof header === "string" && header !== "" ? header.slice(0, MAX_USER_KEY) : undefined;
}

function tellLimits(reply: FastifyReply, decision: Decision): void {
  const state = decision.refusedBy ?? decision.states[0];
  if (state === undefined) return;
  reply.header("ratelimit-limit", String(state.limit.max));
  reply.header("ratelimit-remaining", String(Math.max(0, state.limit.max - state.count)));
  reply.header("ratelimit-reset", String(Math.ceil(state.resetMs / 1000)));
}
