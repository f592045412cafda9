/**
 * Every port of the platform, as seen inside its container. Service ports stand in each service's declaration.
 * Host ports are these plus the environment's `portOffset`.
 */
export const PORTS = {
  edge: 8000,
  /** HAProxy's own Prometheus exporter and liveness page; never published. */
  edgeStats: 8404,
  /** On each routed workload: answers HAProxy's agent check with a weight or `drain`. */
  agentCheck: 8099,
  postgres: 5432,
  redis: 6379,
  prometheus: 9090,
  alertmanager: 9093,
  grafana: 3000,
  /** Jaeger's pages. */
  jaeger: 16686,
  /** OTLP over HTTP, on Jaeger. */
  otlp: 4318,
  jaegerHealth: 13133,
  /** What Jaeger tells Prometheus of itself. */
  jaegerMetrics: 8888,
  redisExporter: 9121,
  postgresExporter: 9187,
  agent: 8080,
} as const;
