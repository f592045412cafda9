import { PORTS } from "../ports.ts";
import type { Settings } from "../settings.ts";
import type { Workload } from "../workload.ts";
import { monitoring } from "./monitoring.ts";

/** Share of the container's memory above which Go collects rather than grows; the rest is for what it does not count. */
const GO_MEMORY_SHARE = 0.8;

/** Jaeger, with its official image's program: deployed only where that can be had. Keeps the latest traces in memory. */
export function jaegerWorkload(settings: Settings): Workload {
  const workload = monitoring(settings, {
    name: "jaeger",
    purpose: "Jaeger: shows traces.",
    image: "jaeger",
    ports: [
      { name: "http", container: PORTS.jaeger, publish: { host: PORTS.jaeger, exposure: "loopback" } },
      { name: "otlp", container: PORTS.otlp },
      { name: "health", container: PORTS.jaegerHealth },
      { name: "metrics", container: PORTS.jaegerMetrics },
    ],
    live: { type: "http", port: PORTS.jaegerHealth, path: "/status" },
    metrics: { port: PORTS.jaegerMetrics, path: "/metrics" },
  });
  return { ...workload, environment: { GOMEMLIMIT: `${Math.floor(workload.limits.memoryMb * GO_MEMORY_SHARE)}MiB` } };
}
