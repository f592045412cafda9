import type { ServiceDeclaration } from "../../../services/base/declaration.ts";
import { domainServices } from "../../../services/catalogue.ts";
import { DEFAULT_LIMITS, FIRST_SERVED_CRITICALITY, SECRETS_PATH, SERVICE_STOP } from "../defaults.ts";
import { nodeOptions } from "../node-options.ts";
import { serviceImage } from "../images.ts";
import { PORTS } from "../ports.ts";
import { appPassword, CHAIN_KEY, type SecretName } from "../secrets.ts";
import type { ChainSettings, Settings } from "../settings.ts";
import { tracesGoOutside, tracingConnections, tracingEnvironment } from "../tracing.ts";
import type { Connection, Limits, Workload } from "../workload.ts";

/** Secrets of a service: its own database role, Redis, and what its duty asks for. */
function secretsOf(service: ServiceDeclaration, chain: ChainSettings | undefined): SecretName[] {
  return [
    ...(service.schema ? [appPassword(service.schema)] : []),
    ...(service.stores.includes("redis") ? ["redis"] : []),
    ...(service.name === "user" ? ["token_encryption"] : []),
    ...(service.name === "gateway" || service.name === "user" ? ["operator_token"] : []),
    ...(chain === undefined ? [] : [CHAIN_KEY]),
  ];
}

/** Its stores and the receiver of traces; and for the gateway, which everything goes through, the domain services. Those do not call each other. */
function connectionsOf(service: ServiceDeclaration, settings: Settings): Connection[] {
  return [
    ...tracingConnections(settings),
    ...service.stores.map((store) => ({ to: store, port: PORTS[store] })),
    ...(service.route === undefined ? domainServices.map((domain) => ({ to: domain.name, port: domain.port })) : []),
  ];
}

/** Services follow the migrations. The gateway starts last, so that it is also the first to drain when a colour goes. */
function startsAfter(service: ServiceDeclaration): readonly string[] {
  return service.schema ? ["migrate"] : domainServices.map((other) => other.name);
}

/** Environment that every Node process of the platform understands; `services/base/config.ts` reads it. */
export function serviceEnvironment(settings: Settings, memoryMb: number): Record<string, string> {
  return {
    ASTRA_ENVIRONMENT: settings.environment,
    ASTRA_MODE: settings.mode,
    ASTRA_LOG_LEVEL: settings.logLevel,
    ASTRA_SECRETS_DIR: SECRETS_PATH,
    ASTRA_POSTGRES_HOST: "postgres",
    ASTRA_POSTGRES_PORT: String(PORTS.postgres),
    ASTRA_POSTGRES_DATABASE: "astradb",
    ASTRA_REDIS_HOST: "redis",
    ASTRA_REDIS_PORT: String(PORTS.redis),
    NODE_OPTIONS: nodeOptions(memoryMb),
  };
}

/** How nft learns where its tokens live; the key is a secret. */
function chainEnvironment({ url, contract, confirmations }: ChainSettings): Record<string, string> {
  return {
    ASTRA_CHAIN_URL: url,
    ASTRA_CHAIN_CONTRACT: contract,
    ...(confirmations === undefined ? {} : { ASTRA_CHAIN_CONFIRMATIONS: String(confirmations) }),
  };
}

/** Workload of one Node service, gateway included: the one template of R-SVC-2 on the deployment side. */
export function serviceWorkload(service: ServiceDeclaration, settings: Settings): Workload {
  const limits: Limits = { ...DEFAULT_LIMITS, ...settings.resources[service.name] };
  const feed = service.name === "trading" ? settings.priceFeedUrl : undefined;
  const chain = service.name === "nft" ? settings.chain : undefined;
  return {
    name: service.name,
    kind: "service",
    scope: "colour",
    purpose: service.purpose,
    image: serviceImage(service.name),
    environment: {
      ...serviceEnvironment(settings, limits.memoryMb),
      ASTRA_PORT: String(service.port),
      ASTRA_AGENT_PORT: String(PORTS.agentCheck),
      ASTRA_LIMIT_PER_USER: String(settings.limits.perUser),
      ASTRA_LIMIT_PER_SERVICE: String(settings.limits.perService),
      ...(settings.limits.routes === undefined || service.name !== "gateway" ? {} : { ASTRA_LIMIT_ROUTES: settings.limits.routes }),
      ...(settings.breakerResetSeconds === undefined || service.name !== "gateway"
        ? {}
        : { ASTRA_BREAKER_RESET_SECONDS: String(settings.breakerResetSeconds) }),
      ...tracingEnvironment(settings),
      ...(feed === undefined ? {} : { ASTRA_PRICE_FEED_URL: feed }),
      ...(chain === undefined ? {} : chainEnvironment(chain)),
    },
    ports: [
      { name: "http", container: service.port },
      { name: "agent", container: PORTS.agentCheck },
    ],
    limits,
    servedFirst: service.criticality >= FIRST_SERVED_CRITICALITY,
    live: { type: "http", port: service.port, path: "/health/live" },
    ready: { type: "http", port: service.port, path: "/health/ready" },
    dependsOn: startsAfter(service),
    connectsTo: connectionsOf(service, settings),
    ...(tracesGoOutside(settings) || feed !== undefined ? { callsOutside: true } : {}),
    ...(chain === undefined ? {} : { callsUrls: [chain.url] }),
    secrets: secretsOf(service, chain),
    volumes: [],
    tmpfs: [{ path: "/tmp", sizeMb: 16 }],
    stop: SERVICE_STOP,
    replicas: settings.replicas[service.name] ?? 1,
    routed: true,
    metrics: { port: service.port, path: "/metrics" },
  };
}
