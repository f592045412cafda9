import type { Report } from "../engine/engine.ts";
import { docker, dockerOrFail } from "../host/docker.ts";
import { LABELS } from "../platform/labels.ts";

const label = (environment: string): string => `${LABELS.environment}=${environment}`;

/** Creates the environment's network where it is missing. */
export async function ensureNetwork(name: string, environment: string): Promise<void> {
  if ((await docker(["network", "inspect", name])).code === 0) return;
  await dockerOrFail(["network", "create", "--driver", "bridge", "--label", label(environment), name]);
}

/** Creates the volumes that are missing; what is in the others stays. */
export async function ensureVolumes(names: readonly string[], environment: string): Promise<void> {
  for (const name of names) {
    if ((await docker(["volume", "inspect", name])).code === 0) continue;
    await dockerOrFail(["volume", "create", "--label", label(environment), name]);
  }
}

async function labelled(kind: "volume" | "network", environment: string): Promise<readonly string[]> {
  const names = await dockerOrFail([kind, "ls", "--filter", `label=${label(environment)}`, "--format", "{{.Name}}"]);
  return names.split("\n").filter((name) => name !== "");
}

/** Removes an environment's volumes and network for good. */
export async function removeEnvironmentData(environment: string, report: Report): Promise<void> {
  for (const name of await labelled("volume", environment)) {
    report(`volume ${name}`);
    await dockerOrFail(["volume", "rm", name]);
  }
  for (const name of await labelled("network", environment)) {
    report(`network ${name}`);
    await dockerOrFail(["network", "rm", name]);
  }
}

/** Removes a network that no container uses; leaves one that is in use. */
export async function removeNetwork(name: string): Promise<void> {
  await docker(["network", "rm", name]);
}

/** An image of ours that is here: with one, a container can remove files that this user may not. */
export async function anyOwnImage(): Promise<string | undefined> {
  const result = await docker(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "astratrade/redis"]);
  return result.stdout.split("\n").find((reference) => reference !== "");
}
