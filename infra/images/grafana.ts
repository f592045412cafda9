import { PROJECT_ROOT } from "../host/paths.ts";
import { imageCanBeHad } from "./registry.ts";
import { readVersions } from "./versions.ts";

const PATIENCE_MS = 5000;

/** Grafana is in no Debian suite: it is deployed where its official image is here or a registry serves it. */
export async function grafanaAvailable(projectRoot: string = PROJECT_ROOT): Promise<boolean> {
  const versions = await readVersions(projectRoot);
  return await imageCanBeHad(versions.grafana.official, PATIENCE_MS);
}
