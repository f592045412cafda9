import { AGENT_LIMITS, DEFAULT_LIMITS, ENGINE_SOCKET, SECRETS_PATH } from "../defaults.ts";
import { nodeOptions } from "../node-options.ts";
import { PORTS } from "../ports.ts";
import type { Settings } from "../settings.ts";
import type { Workload } from "../workload.ts";
import { configuredBefore } from "./configure.ts";

/** A monitoring workload: what all of them have in common, and what this one has of its own. */
export function monitoring(
  settings: Settings,
  workload: Pick<Workload, "name" | "purpose" | "image" | "ports" | "live"> & Partial<Workload>,
): Workload {
  return {
    kind: "monitoring",
    scope: "foundation",
    environment: {},
    limits: { ...DEFAULT_LIMITS, ...settings.resources[workload.name] },
    dependsOn: [],
    connectsTo: [],
    secrets: [],
    volumes: [],
    tmpfs: [{ path: "/tmp", sizeMb: 16 }],
    stop: { signal: "SIGTERM", graceSeconds: 30 },
    replicas: 1,
    routed: false,
    ...workload,
  };
}

/** Prometheus: finds its targets by DNS names (`<workload>-<colour>`), so it needs no socket and no file per deployment. */
export function prometheusWorkload(settings: Settings): Workload {
  return monitoring(settings, {
    name: "prometheus",
    purpose: "Prometheus: collects and keeps metrics, evaluates alert rules.",
    image: "prometheus",
    ports: [{ name: "http", container: PORTS.prometheus, publish: { host: PORTS.prometheus, exposure: "loopback" } }],
    live: { type: "http", port: PORTS.prometheus, path: "/-/healthy" },
    ready: { type: "http", port: PORTS.prometheus, path: "/-/ready" },
    dependsOn: [...configuredBefore(settings), "alertmanager"],
    configuration: "reads",
    connectsTo: [{ to: "alertmanager", port: PORTS.alertmanager }],
    volumes: [{ volume: "prometheus", path: "/prometheus", sizeGi: 8 }],
    metrics: { port: PORTS.prometheus, path: "/metrics" },
  });
}

/** With an agent, alerts that ask for a rollback go to it as well. */
export function alertmanagerWorkload(settings: Settings, hasAgent: boolean): Workload {
  return monitoring(settings, {
    name: "alertmanager",
    purpose: "Alertmanager: groups alerts and sends them on.",
    image: "alertmanager",
    dependsOn: configuredBefore(settings),
    configuration: "reads",
    connectsTo: hasAgent ? [{ to: "agent", port: PORTS.agent }] : [],
    secrets: hasAgent ? ["agent_token"] : [],
    ports: [
      { name: "http", container: PORTS.alertmanager, publish: { host: PORTS.alertmanager, exposure: "loopback" } },
    ],
    live: { type: "http", port: PORTS.alertmanager, path: "/-/healthy" },
    ready: { type: "http", port: PORTS.alertmanager, path: "/-/ready" },
    volumes: [{ volume: "alertmanager", path: "/alertmanager", sizeGi: 1 }],
    ...(settings.alertWebhook === undefined ? {} : { callsUrls: [settings.alertWebhook] }),
    metrics: { port: PORTS.alertmanager, path: "/metrics" },
  });
}

export function redisExporterWorkload(settings: Settings): Workload {
  return monitoring(settings, {
    name: "redis-exporter",
    purpose: "Redis metrics for Prometheus.",
    image: "exporters",
    command: ["redis-exporter"],
    ports: [{ name: "http", container: PORTS.redisExporter }],
    live: { type: "http", port: PORTS.redisExporter, path: "/" },
    dependsOn: ["redis"],
    connectsTo: [{ to: "redis", port: PORTS.redis }],
    secrets: ["redis"],
    metrics: { port: PORTS.redisExporter, path: "/metrics" },
  });
}

export function postgresExporterWorkload(settings: Settings): Workload {
  return monitoring(settings, {
    name: "postgres-exporter",
    purpose: "PostgreSQL metrics for Prometheus.",
    image: "exporters",
    command: ["postgres-exporter"],
    ports: [{ name: "http", container: PORTS.postgresExporter }],
    live: { type: "http", port: PORTS.postgresExporter, path: "/" },
    dependsOn: ["postgres"],
    connectsTo: [{ to: "postgres", port: PORTS.postgres }],
    secrets: ["postgres_monitor"],
    metrics: { port: PORTS.postgresExporter, path: "/metrics" },
  });
}

/**
 * The agent: the only container that gets the engine's socket, so it takes no other load and publishes no port. Its
 * secrets are what it takes to move traffic when an alert asks for it. On a cluster that is all that it does, and it gets
 * no socket and no right to ask the cluster.
 */
export function agentWorkload(settings: Settings): Workload {
  const onCluster = settings.target === "kubernetes";
  const limits = { ...AGENT_LIMITS, ...settings.resources["agent"] };
  return monitoring(settings, {
    name: "agent",
    purpose: onCluster
      ? "Agent: takes a bad release back when an alert asks for it."
      : "Agent: tells what containers use, restarts those that stay unhealthy, takes a bad release back.",
    image: "agent",
    environment: {
      ASTRA_ENVIRONMENT: settings.environment,
      ASTRA_LOG_LEVEL: settings.logLevel,
      ASTRA_PORT: String(PORTS.agent),
      ...(onCluster ? {} : { ASTRA_ENGINE_SOCKET: ENGINE_SOCKET }),
      ASTRA_SECRETS_DIR: SECRETS_PATH,
      ASTRA_REDIS_HOST: "redis",
      ASTRA_REDIS_PORT: String(PORTS.redis),
      NODE_OPTIONS: nodeOptions(limits.memoryMb),
    },
    ports: [{ name: "http", container: PORTS.agent }],
    limits,
    live: { type: "http", port: PORTS.agent, path: "/health/live" },
    // Ready once the engine, or without one Redis, has answered: a socket that cannot be used shows while deploying.
    ready: { type: "http", port: PORTS.agent, path: "/health/ready" },
    dependsOn: ["redis"],
    connectsTo: [{ to: "redis", port: PORTS.redis }],
    secrets: ["agent_token", "redis"],
    ...(onCluster ? {} : { engineSocket: true }),
    metrics: { port: PORTS.agent, path: "/metrics" },
  });
}

/** Grafana, from its official image: deployed only where that can be had. With Jaeger it shows traces as well. */
export function grafanaWorkload(settings: Settings): Workload {
  return monitoring(settings, {
    name: "grafana",
    purpose: "Grafana: dashboards.",
    image: "grafana",
    environment: {
      GF_SECURITY_ADMIN_PASSWORD__FILE: "/run/secrets/grafana_admin",
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_USERS_ALLOW_SIGN_UP: "false",
    },
    ports: [{ name: "http", container: PORTS.grafana, publish: { host: PORTS.grafana, exposure: "loopback" } }],
    live: { type: "http", port: PORTS.grafana, path: "/api/health" },
    dependsOn: [...configuredBefore(settings), "prometheus"],
    configuration: "reads",
    connectsTo: [
      { to: "prometheus", port: PORTS.prometheus },
      { to: "jaeger", port: PORTS.jaeger },
    ],
    secrets: ["grafana_admin"],
    volumes: [{ volume: "grafana", path: "/var/lib/grafana", sizeGi: 1 }],
    metrics: { port: PORTS.grafana, path: "/metrics" },
  });
}
