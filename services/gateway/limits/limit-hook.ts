import { listenToChannels } from "../../base/redis/channels.ts";
import { closeRedis, createRedis } from "../../base/redis/connection.ts";
import type { ServiceApp, ServiceContext } from "../../base/service.ts";
import type { Limiter } from "./limiter.ts";
import type { RequestLimits } from "./request-limits.ts";
import { RECALL_CHANNEL } from "./shared-windows.ts";

/** Holds requests to the gateway's own pages against the user's limit; without a user they are not limited. */
export function limitRequests(app: ServiceApp, limits: RequestLimits): void {
  app.addHook("onRequest", async (request, reply) => {
    const headers: Record<string, string> = {};
    const refusal = await limits.hold(request.raw, headers, undefined);
    reply.headers(headers);
    if (refusal !== undefined) throw refusal;
  });
}

/** Has this gateway give back leases that others are short of, and all of them when it stops. */
export function shareLeases(app: ServiceApp, { config, log }: ServiceContext, limiter: Limiter): void {
  const recalls = createRedis(config.redis, { name: `${config.instance} limits` }, log);
  listenToChannels(recalls, { [RECALL_CHANNEL]: (key) => limiter.recall(key) });
  app.addHook("onClose", async () => {
    await limiter.stop();
    closeRedis(recalls);
  });
}
