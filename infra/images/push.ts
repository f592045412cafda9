import { docker } from "../host/docker.ts";
import { lastLines } from "../host/run.ts";
import { UserError } from "../host/user-error.ts";
import type { ImageBuild } from "./plan.ts";

const PUSH_MS = 600_000;

/** Why a registry did not take an image, and what to do, in one line. */
export function pushFailure(reference: string, registry: string, output: string): string {
  const reason = lastLines(output, 1).trim() || "no reason was given";
  const host = registry.split("/")[0] ?? registry;
  return /denied|unauthorized|authentication|forbidden|no basic auth/i.test(output)
    ? `The registry lets nobody push ${reference} without rights (${reason}). Run: docker login ${host}`
    : `${reference} could not be pushed: ${reason}. Is astratrade:registry right (${registry})?`;
}

/**
 * Gives images to a registry, from where nodes pull them. Layers that it has are not sent again.
 * @throws UserError in one line at the first image that it does not take.
 */
export async function pushImages(plan: readonly ImageBuild[], registry: string, onPushed: (reference: string) => void): Promise<void> {
  for (const { reference } of plan) {
    const remote = `${registry}/${reference}`;
    const tagged = await docker(["tag", reference, remote]);
    if (tagged.code !== 0) throw new UserError(`${reference} is not on this machine: ${lastLines(tagged.stderr, 1)}. Run: ./astra images push`);
    const pushed = await docker(["push", remote], { deadlineMs: PUSH_MS });
    if (pushed.code !== 0) throw new UserError(pushFailure(remote, registry, pushed.stderr || pushed.stdout));
    onPushed(remote);
  }
}
