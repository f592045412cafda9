import { domainServices } from "../../../services/catalogue.ts";
import { DEFAULT_LIMITS } from "../defaults.ts";
import { serviceImage } from "../images.ts";
import { PORTS } from "../ports.ts";
import { ownerPassword } from "../secrets.ts";
import type { Settings } from "../settings.ts";
import type { Workload } from "../workload.ts";
import { serviceEnvironment } from "./service.ts";

/** One-shot job that brings every domain's schema up to this colour's version before its services start. */
export function migrateWorkload(settings: Settings): Workload {
  const limits = { ...DEFAULT_LIMITS, ...settings.resources["migrate"] };
  return {
    name: "migrate",
    kind: "job",
    scope: "colour",
    purpose: "Applies database migrations, then ends.",
    image: serviceImage("migrate"),
    environment: serviceEnvironment(settings, limits.memoryMb),
    ports: [],
    limits,
    dependsOn: [],
    // The registry in Redis says whether the other colour runs, which contract steps wait for.
    connectsTo: [
      { to: "postgres", port: PORTS.postgres },
      { to: "redis", port: PORTS.redis },
    ],
    secrets: [...domainServices.flatMap((service) => (service.schema ? [ownerPassword(service.schema)] : [])), "redis"],
    volumes: [],
    tmpfs: [{ path: "/tmp", sizeMb: 16 }],
    stop: { signal: "SIGTERM", graceSeconds: 60 },
    replicas: 1,
    routed: false,
  };
}
