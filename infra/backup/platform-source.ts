import { createHmac } from "node:crypto";
import type { Place } from "../engine/runtime.ts";
import type { Container } from "../host/containers.ts";
import type { Runtime } from "../host/runtime.ts";
import { UserError } from "../host/user-error.ts";
import { PORTS } from "../platform/ports.ts";
import type { BackupSource } from "./take-backup.ts";

/** Tells whether two platforms have the same secret, without telling anything else of it. */
export function fingerprint(secret: string): string {
  return createHmac("sha256", secret).update("astratrade backup").digest("hex").slice(0, 32);
}

function releasesOf(containers: readonly Container[]): Readonly<Record<string, string>> {
  return Object.fromEntries(containers.flatMap(({ colour, version, state }) => (colour !== undefined && state === "running" ? [[colour, version] as const] : [])));
}

/**
 * The stores of an environment, wherever it runs.
 * @throws UserError when they do not run.
 */
export async function platformSource(place: Place, runtime: Runtime): Promise<BackupSource> {
  const containers = await runtime.containers();
  for (const store of ["postgres", "redis"])
    if (!containers.some(({ workload, state }) => workload === store && state === "running"))
      throw new UserError(`There is no running ${store} in environment ${place.environment}, so there is nothing to back up. See: ./astra status --environment ${place.environment}`);
  const password = await runtime.secret("postgres_admin");
  if (password === undefined) throw new UserError(`The password of PostgreSQL's superuser cannot be read. See: ./astra logs postgres --environment ${place.environment}`);
  const tokenSecret = await runtime.secret("token_encryption");
  return {
    environment: place.environment,
    postgres: {
      connection: { host: "127.0.0.1", port: await runtime.localPort(PORTS.postgres), password },
      inside: (command) => runtime.inside("postgres", command),
    },
    redis: { inside: (command) => runtime.inside("redis", command) },
    releases: releasesOf(containers),
    ...(tokenSecret === undefined ? {} : { tokenSecret: fingerprint(tokenSecret) }),
  };
}
