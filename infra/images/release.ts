import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_ROOT } from "../host/paths.ts";
import type { ImageBuild } from "./plan.ts";

/**
 * Name of what a colour runs: the project's version and a hash over the images of all services in the plan, so that
 * unchanged code has an unchanged name. For example `0.1.0-3f2a9c01`.
 */
export async function releaseVersion(plan: readonly ImageBuild[], projectRoot: string = PROJECT_ROOT): Promise<string> {
  const { version } = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8")) as { version: string };
  const services = plan.map((image) => image.reference).filter((reference) => reference.startsWith("astratrade/service-"));
  const hash = createHash("sha256").update(services.sort().join("\n")).digest("hex").slice(0, 8);
  return `${version}-${hash}`;
}
