import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import { USER_HEADER } from "../../base/auth/token-authenticator.ts";
import type { Problem } from "../../base/problem.ts";
import { findRouteLimit, type RouteLimit } from "../../base/route-limits.ts";
import type { ServiceContext } from "../../base/service.ts";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import { gatewayProblems } from "../problems.ts";
import type { Decision, Limit } from "./limit.ts";
import type { Limiter } from "./limiter.ts";

const MAX_USER_KEY = 128;

type Asked = Pick<IncomingMessage, "headers" | "method" | "url">;

/** Holds requests against their limits: the user's, and the service's. A request that falls under none is not limited. */
export class RequestLimits {
  readonly #context: ServiceContext;
  readonly #limiter: Limiter;
  readonly #metrics: GatewayMetrics;
  /** Each service's limit is one object for all requests. */
  readonly #services = new Map<string, Limit>();

  constructor(context: ServiceContext, limiter: Limiter, metrics: GatewayMetrics) {
    this.#context = context;
    this.#limiter = limiter;
    this.#metrics = metrics;
  }

  /**
   * The problem `rate-limited` where a limit refuses the request. At once, without a promise, where nobody has to be
   * asked. `headers` gets what the limits have to say to the caller.
   */
  hold(request: Asked, headers: Record<string, string>, service: string | undefined): Problem | undefined | Promise<Problem | undefined> {
    const user = this.#userOf(request);
    const { routes = [] } = this.#context.config.limits;
    const own = findRouteLimit(routes, request.method ?? "GET", request.url ?? "/");
    if (user instanceof Promise) return user.then((known) => this.#hit(known, service, own, headers));
    return this.#hit(user, service, own, headers);
  }

  #hit(user: string | undefined, service: string | undefined, own: RouteLimit | undefined, headers: Record<string, string>): Problem | undefined | Promise<Problem | undefined> {
    const limits: Limit[] = [];
    if (user !== undefined) limits.push(this.#ofUser(user, own));
    if (own?.perService !== undefined) limits.push({ scope: "service", key: `route:${own.method} ${own.path}`, max: own.perService });
    else if (service !== undefined) limits.push(this.#ofService(service));
    if (limits.length === 0) return undefined;
    const decision = this.#limiter.hit(limits);
    return decision instanceof Promise ? decision.then((decided) => this.#tell(decided, headers)) : this.#tell(decision, headers);
  }

  #ofUser(user: string, own: RouteLimit | undefined): Limit {
    if (own?.perUser === undefined) return { scope: "user", key: `user:${user}`, max: this.#context.config.limits.perUser };
    return { scope: "user", key: `user:${user}:${own.method} ${own.path}`, max: own.perUser };
  }

  #ofService(service: string): Limit {
    let limit = this.#services.get(service);
    if (limit === undefined) this.#services.set(service, (limit = { scope: "service", key: `service:${service}`, max: this.#context.config.limits.perService }));
    return limit;
  }

  #tell({ refusedBy, told: { limit, count, resetMs } }: Decision, headers: Record<string, string>): Problem | undefined {
    headers["ratelimit-limit"] = String(limit.max);
    headers["ratelimit-remaining"] = String(Math.max(0, limit.max - count));
    headers["ratelimit-reset"] = String(Math.ceil(resetMs / 1000));
    if (refusedBy === undefined) return undefined;
    this.#metrics.rateLimited.inc({ scope: limit.scope });
    return gatewayProblems.rateLimited(limit.scope, limit.max, Math.max(1, Math.ceil(resetMs / 1000)));
  }

  /** Who the request counts for: the token's user, in mode `dev` also whoever `X-User-ID` names. */
  #userOf({ headers }: Asked): string | undefined | Promise<string | undefined> {
    const isDev = this.#context.config.mode === "dev";
    const named = headers[USER_HEADER];
    // In production nobody may say who they are, neither to us nor to the services behind.
    if (!isDev && named !== undefined) Reflect.deleteProperty(headers, USER_HEADER);
    if (headers.authorization !== undefined) {
      return this.#context.auth.userOf({ headers } as FastifyRequest).then(
        (user) => (user === undefined ? undefined : String(user)),
        // The service says what is wrong with the token; nobody else's count is touched.
        () => undefined,
      );
    }
    return isDev && typeof named === "string" && named !== "" ? named.slice(0, MAX_USER_KEY) : undefined;
  }
}
