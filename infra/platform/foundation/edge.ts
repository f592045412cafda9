import { allServices, domainServices } from "../../../services/catalogue.ts";
import { DEFAULT_LIMITS } from "../defaults.ts";
import { PORTS } from "../ports.ts";
import type { Settings } from "../settings.ts";
import type { Workload } from "../workload.ts";
import { configuredBefore } from "./configure.ts";

/**
 * HAProxy: the one public port. It finds the gateways of both colours by DNS and takes each one's weight from the
 * gateway itself (agent check), so that weights move without touching the edge. Ports 8001-8006, on loopback, lead to
 * the instances of each service in the same way.
 */
export function edgeWorkload(settings: Settings): Workload {
  return {
    name: "edge",
    kind: "proxy",
    scope: "foundation",
    purpose: "HAProxy: the public entry, spreads requests over the colours by weight.",
    image: "edge",
    environment: {},
    ports: [
      { name: "http", container: PORTS.edge, publish: { host: PORTS.edge, exposure: "public" } },
      ...domainServices.map((service) => ({
        name: service.name,
        container: service.port,
        publish: { host: service.port, exposure: "loopback" as const },
      })),
      { name: "stats", container: PORTS.edgeStats },
    ],
    limits: { ...DEFAULT_LIMITS, ...settings.resources["edge"] },
    servedFirst: true,
    live: { type: "http", port: PORTS.edgeStats, path: "/health/live" },
    dependsOn: configuredBefore(settings),
    connectsTo: allServices.flatMap((service) =>
      [service.port, PORTS.agentCheck].map((port) => ({ to: service.name, port })),
    ),
    secrets: [],
    volumes: [],
    configuration: "reads",
    tmpfs: [{ path: "/tmp", sizeMb: 16 }],
    // SIGUSR1 is HAProxy's soft stop: listeners close, open requests finish. `edge-start` ends what is left after 25 s.
    stop: { signal: "SIGUSR1", graceSeconds: 35 },
    replicas: 1,
    routed: false,
    metrics: { port: PORTS.edgeStats, path: "/metrics" },
  };
}
