import { PROJECT_ROOT } from "../host/paths.ts";
import type { Settings } from "../platform/settings.ts";
import { imageCanBeHad } from "./registry.ts";
import { readVersions } from "./versions.ts";

const PATIENCE_MS = 5000;

/** Jaeger is in no Debian suite: it is deployed where its official image is here or a registry serves it. */
export async function jaegerAvailable(projectRoot: string = PROJECT_ROOT): Promise<boolean> {
  const versions = await readVersions(projectRoot);
  return await imageCanBeHad(versions.jaeger.official, PATIENCE_MS);
}

/** Whether Jaeger belongs to a deployment with these settings, on this machine. */
export async function jaegerDeployed({ jaeger }: Settings): Promise<boolean> {
  return jaeger === "on" || (jaeger === "auto" && (await jaegerAvailable()));
}
