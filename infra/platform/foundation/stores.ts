import { DEFAULT_LIMITS } from "../defaults.ts";
import { PORTS } from "../ports.ts";
import { databaseSecrets } from "../secrets.ts";
import type { Settings } from "../settings.ts";
import type { Workload } from "../workload.ts";

/** PostgreSQL 17: `astradb` with a schema and two roles per domain, brought in line with the secrets at each start. */
export function postgresWorkload(settings: Settings): Workload {
  return {
    name: "postgres",
    kind: "store",
    scope: "foundation",
    purpose: "PostgreSQL: the state of every domain.",
    image: "postgres",
    environment: {},
    ports: [
      { name: "postgres", container: PORTS.postgres, publish: { host: PORTS.postgres, exposure: "loopback" } },
    ],
    limits: { ...DEFAULT_LIMITS, ...settings.resources["postgres"] },
    servedFirst: true,
    live: { type: "exec", command: ["pg_isready", "-q", "-h", "127.0.0.1", "-d", "astradb"] },
    dependsOn: [],
    connectsTo: [],
    secrets: databaseSecrets,
    volumes: [{ volume: "postgres", path: "/var/lib/postgresql", sizeGi: 20 }],
    tmpfs: [
      { path: "/tmp", sizeMb: 64 },
      { path: "/run/postgresql", sizeMb: 1 },
      { path: "/dev/shm", sizeMb: 128 },
    ],
    // SIGINT is PostgreSQL's "fast shutdown": sessions end, a checkpoint is written, no recovery at the next start.
    stop: { signal: "SIGINT", graceSeconds: 60 },
    replicas: 1,
    routed: false,
  };
}

/** Redis 8 with an append-only file: event bus, registry, traffic table and limits. */
export function redisWorkload(settings: Settings): Workload {
  return {
    name: "redis",
    kind: "store",
    scope: "foundation",
    purpose: "Redis: event bus, service registry, traffic table and rate limits.",
    image: "redis",
    environment: {},
    ports: [{ name: "redis", container: PORTS.redis, publish: { host: PORTS.redis, exposure: "loopback" } }],
    limits: { ...DEFAULT_LIMITS, ...settings.resources["redis"] },
    servedFirst: true,
    live: { type: "exec", command: ["redis-health"] },
    dependsOn: [],
    connectsTo: [],
    secrets: ["redis"],
    volumes: [{ volume: "redis", path: "/data", sizeGi: 5 }],
    tmpfs: [{ path: "/tmp", sizeMb: 16 }],
    stop: { signal: "SIGTERM", graceSeconds: 60 },
    replicas: 1,
    routed: false,
  };
}
