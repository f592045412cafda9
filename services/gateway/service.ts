import { domainServices } from "../catalogue.ts";
import { OperatorCheck } from "../base/auth/operator.ts";
import { readSecret } from "../base/config.ts";
import type { ServiceDeclaration } from "../base/declaration.ts";
import type { ServiceApp, ServiceContext, ServiceDefinition } from "../base/service.ts";
import { Breakers } from "./breaker/breakers.ts";
import { gateway } from "./declaration.ts";
import { GatewayMetrics } from "./gateway-metrics.ts";
import { limitRequests, shareLeases } from "./limits/limit-hook.ts";
import { Limiter } from "./limits/limiter.ts";
import { RequestLimits } from "./limits/request-limits.ts";
import { dashboardRoute } from "./pages/dashboard-route.ts";
import { dependencyProbes } from "./pages/dependency-probes.ts";
import { docsRoute } from "./pages/docs-route.ts";
import { servicesRoute, type Opinions } from "./pages/services-route.ts";
import { ServiceAsker } from "./proxy/ask-service.ts";
import { Forwarder } from "./proxy/forwarder.ts";
import { OpenStreams } from "./proxy/open-streams.ts";
import { InstancePools } from "./proxy/pools.ts";
import { proxyRoutes } from "./proxy/proxy-routes.ts";
import { RecentAnswers } from "./proxy/recent-answers.ts";
import { Upgrades } from "./proxy/upgrade.ts";
import { InstanceChooser } from "./routing/chooser.ts";
import { InstanceHealth } from "./routing/instance-health.ts";
import { Prober } from "./routing/prober.ts";
import { RetryBudget } from "./routing/retry-budget.ts";
import { GATEWAY_TUNING, type GatewayTuning } from "./tuning.ts";

/** How often circuits that nobody uses any more are closed. */
const UNUSED_CIRCUITS_MS = 1_000;

/** The gateway; `tuning` makes times small in tests, `services` are what it leads to. */
export function gatewayService(
  tuning: GatewayTuning = GATEWAY_TUNING,
  services: readonly ServiceDeclaration[] = domainServices,
): ServiceDefinition {
  let parts: Parts | undefined;
  return {
    declaration: gateway,
    mount: "root",
    dependencies: (context) => dependencyProbes(context, services, () => parts),
    routes: (app, context) => {
      parts = wire(app, context, tuning, services);
    },
    stop: async () => parts?.stop(),
  };
}

/** What is left of the gateway's parts when its routes stand. */
interface Parts extends Opinions {
  stop(): Promise<void>;
}

function wire(app: ServiceApp, context: ServiceContext, tuning: GatewayTuning, services: readonly ServiceDeclaration[]): Parts {
  const { clock, registry, traffic, redis, log } = context;
  const names = services.map((service) => service.name);
  const metrics = new GatewayMetrics(context.metrics, names);
  const health = new InstanceHealth(clock, tuning.balance, {
    ejected: (out, reason) => {
      const { service, instance, colour } = out;
      metrics.ejected(service, colour, reason);
      forwarder.takenOut(out, reason);
      log.warn({ upstream: service, upstreamInstance: instance, reason }, `gateway: ${instance} takes no requests for now (${reason})`);
    },
    returned: ({ service, instance }) => log.info({ upstream: service, upstreamInstance: instance }, `gateway: ${instance} takes requests again`),
  });
  const discovery = { takers: (service: string) => registry.takers(service), table: () => traffic.table() };
  const chooser = new InstanceChooser(discovery, health, clock);
  const pools = new InstancePools(tuning);
  const { breakerResetSeconds } = context.config;
  const breakers = new Breakers(names, clock, { ...tuning.breaker, ...(breakerResetSeconds === undefined ? {} : { resetMs: breakerResetSeconds * 1000 }) });
  const budgets = new Map(names.map((name) => [name, new RetryBudget(clock, tuning.balance.retryPercent, tuning.balance.retriesPerSecond)]));
  const limiter = new Limiter({ redis, clock, deadlineMs: tuning.limiterMs });
  metrics.watch({ context, breakers, health, limiter });
  const asker = new ServiceAsker(chooser, pools);
  const prober = new Prober({ health, known: () => registry.instances(), ask: (instance) => asker.isReady(instance) });
  const unused = setInterval(() => breakers.resetUnused((service, colour) => traffic.weight(service, colour) > 0), UNUSED_CIRCUITS_MS);
  pools.start(() => registry.instances());
  prober.start();

  const limits = new RequestLimits(context, limiter, metrics);
  limitRequests(app, limits);
  shareLeases(app, context, limiter);
  servicesRoute(app, context, services, { breakers, health });
  dashboardRoute(app, asker, clock, tuning.dashboardMs);
  docsRoute(app, services, asker, clock);
  const budget = (service: string): RetryBudget => budgets.get(service) as RetryBudget;
  const recent = new RecentAnswers(clock, tuning.stale);
  const forwarder = new Forwarder({ chooser, health, breakers, budget, pools, recent, metrics, tuning });
  const streams = new OpenStreams();
  const upgrades = new Upgrades({ chooser, breakers, pools, limits, streams, tuning }, context);
  proxyRoutes(app, context, services, { forwarder, limits, upgrades, streams, operators: new OperatorCheck(operatorToken(context)) });
  const stop = async (): Promise<void> => {
    clearInterval(unused);
    prober.stop();
    breakers.stop();
    await pools.stop();
    forwarder.stop();
  };
  return { breakers, health, stop };
}

/** Absent where nobody is an operator: a gateway that was started by hand. */
function operatorToken(context: ServiceContext): string | undefined {
  try {
    return readSecret(context.config.secretsDir, "operator_token");
  } catch (error) {
    context.log.warn({ reason: error instanceof Error ? error.message : String(error) }, "gateway: no operator token, so nobody can pin a request to a colour");
    return undefined;
  }
}
