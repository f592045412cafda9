import { domainServices } from "../catalogue.ts";
import { OperatorCheck } from "../base/auth/operator.ts";
import { readSecret } from "../base/config.ts";
import type { ServiceDeclaration } from "../base/declaration.ts";
import type { DependencyProbe } from "../base/health/probe.ts";
import type { ServiceApp, ServiceContext, ServiceDefinition } from "../base/service.ts";
import { Breakers } from "./breaker/breakers.ts";
import { gateway } from "./declaration.ts";
import { GatewayMetrics } from "./gateway-metrics.ts";
import { limitRequests, shareLeases } from "./limits/limit-hook.ts";
import { Limiter } from "./limits/limiter.ts";
import { RequestLimits } from "./limits/request-limits.ts";
import { dashboardRoute } from "./pages/dashboard-route.ts";
import { docsRoute } from "./pages/docs-route.ts";
import { servicesRoute } from "./pages/services-route.ts";
import { ServiceAsker } from "./proxy/ask-service.ts";
import { Forwarder } from "./proxy/forwarder.ts";
import { InstancePools } from "./proxy/pools.ts";
import { proxyRoutes } from "./proxy/proxy-routes.ts";
import { RecentAnswers } from "./proxy/recent-answers.ts";
import { InstanceChooser } from "./routing/chooser.ts";
import { InstanceHealth } from "./routing/instance-health.ts";
import { Prober } from "./routing/prober.ts";
import { RetryBudget } from "./routing/retry-budget.ts";
import { GATEWAY_TUNING, type GatewayTuning } from "./tuning.ts";

/** Registry data older than this says that Redis does not answer. */
const REGISTRY_STALE_MS = 10_000;

/** The gateway; `tuning` makes times small in tests, `services` are what it leads to. */
export function gatewayService(
  tuning: GatewayTuning = GATEWAY_TUNING,
  services: readonly ServiceDeclaration[] = domainServices,
): ServiceDefinition {
  let stopParts = async (): Promise<void> => undefined;
  return {
    declaration: gateway,
    mount: "root",
    dependencies: (context) => dependencyProbes(context, services),
    routes: (app, context) => {
      stopParts = wire(app, context, tuning, services);
    },
    stop: () => stopParts(),
  };
}

function wire(app: ServiceApp, context: ServiceContext, tuning: GatewayTuning, services: readonly ServiceDeclaration[]): () => Promise<void> {
  const { clock, registry, traffic, redis, log } = context;
  const names = services.map((service) => service.name);
  const metrics = new GatewayMetrics(context.metrics, names);
  const health = new InstanceHealth(clock, tuning.balance, {
    ejected: ({ service, instance, colour }, reason) => {
      metrics.ejected(service, colour, reason);
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
  const forwarder = new Forwarder({ chooser, health, breakers, budget, pools, recent, metrics, clock, tuning });
  proxyRoutes(app, context, services, { forwarder, limits, operators: new OperatorCheck(operatorToken(context)) });
  return async () => {
    prober.stop();
    breakers.stop();
    await pools.stop();
  };
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

/** Redis is probed by the template; these are the registry and every service behind. */
function dependencyProbes(context: ServiceContext, services: readonly ServiceDeclaration[]): DependencyProbe[] {
  const { registry } = context;
  return [
    {
      name: "registry",
      check: () => {
        const ageMs = registry.ageMs();
        if (ageMs === undefined) return Promise.reject(new Error("was never read"));
        if (ageMs > REGISTRY_STALE_MS) return Promise.reject(new Error(`was last read ${Math.round(ageMs / 1000)} s ago, the last table serves`));
        if (registry.isFaulty) return Promise.reject(new Error("most heartbeats stopped at once, the last table serves"));
        return Promise.resolve({ ageMs, instances: registry.instances().filter((instance) => instance.alive).length });
      },
    },
    ...services.map((service) => ({
      name: service.name,
      check: () => {
        const takers = registry.takers(service.name);
        const instances = takers.blue.length + takers.green.length;
        return instances > 0 ? Promise.resolve({ instances }) : Promise.reject(new Error("no instance is running"));
      },
    })),
  ];
}
