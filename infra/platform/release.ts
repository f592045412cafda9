import { createHash } from "node:crypto";
import type { Release } from "./container.ts";
import type { HostFacts } from "./host-facts.ts";
import type { ImageReferences } from "./images.ts";
import { stackWorkloads } from "./platform.ts";
import type { Settings } from "./settings.ts";

/** Tag of an image reference; `latest` where it has none. */
function tagOf(reference: string): string {
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  return name.includes(":") ? name.slice(name.indexOf(":") + 1) : "latest";
}

/**
 * Release that a stack deploys. A colour has one version for all its workloads: the one that config names, or a hash
 * of its images, so that the same code always has the same version. In the foundation each workload carries its own
 * image's tag, so that a change of one replaces no other.
 */
export function releaseOf(settings: Settings, facts: HostFacts, images: ImageReferences): Release {
  if (settings.colour === undefined) {
    return { settings, facts, images, version: (workload) => tagOf(images[workload.image] ?? "") };
  }
  const references = stackWorkloads(settings, facts).map((workload) => images[workload.image] ?? "");
  const version =
    settings.version ??
    createHash("sha256").update([...new Set(references)].sort().join("\n")).digest("hex").slice(0, 12);
  return { settings, facts, images, version: () => version };
}
