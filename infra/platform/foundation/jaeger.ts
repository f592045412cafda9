import { DEFAULT_LIMITS } from "../defaults.ts";
import { PORTS } from "../ports.ts";
import type { Settings } from "../settings.ts";
import type { Workload } from "../workload.ts";

/** Share of the container's memory above which Go collects rather than grows; the rest is for what it does not count. */
const GO_MEMORY_SHARE = 0.8;

/** Jaeger, with its official image's program: deployed only where that can be had. Keeps the latest traces in memory. */
export function jaegerWorkload(settings: Settings): Workload {
  const limits = { ...DEFAULT_LIMITS, ...settings.resources["jaeger"] };
  return {
    name: "jaeger",
    kind: "monitoring",
    scope: "foundation",
    purpose: "Jaeger: shows traces.",
    image: "jaeger",
    environment: { GOMEMLIMIT: `${Math.floor(limits.memoryMb * GO_MEMORY_SHARE)}MiB` },
    ports: [
      { name: "http", container: PORTS.jaeger, publish: { host: PORTS.jaeger, exposure: "loopback" } },
      { name: "otlp", container: PORTS.otlp },
      { name: "health", container: PORTS.jaegerHealth },
    ],
    limits,
    live: { type: "http", port: PORTS.jaegerHealth, path: "/status" },
    dependsOn: [],
    connectsTo: [],
    secrets: [],
    volumes: [],
    tmpfs: [{ path: "/tmp", sizeMb: 16 }],
    stop: { signal: "SIGTERM", graceSeconds: 30 },
    replicas: 1,
    routed: false,
  };
}
