import type { StackDeployment } from "../engine/engine.ts";
import { previewOfCluster } from "../preview/from-cluster.ts";
import type { Preview } from "../preview/preview.ts";
import { dryRun, type DryRun } from "./dry-run.ts";
import type { Kubectl } from "./kubectl.ts";
import { allManifests, stackManifests } from "./manifests.ts";
import { objectKey, stackObjects, type ClusterObject } from "./stack-objects.ts";

/** What stands between a stack's declaration and a cluster. */
export interface StackChanges {
  readonly runs: readonly DryRun[];
  /** Objects of the stack that it shall not have any more. */
  readonly surplus: readonly ClusterObject[];
  readonly preview: Preview;
}

/**
 * Compares a stack with what a cluster has of it, by the cluster's own word; changes nothing.
 * @throws UserError when the cluster does not take an object.
 */
export async function stackChanges(kubectl: Kubectl, deployment: Pick<StackDeployment, "stack" | "settings" | "release">): Promise<StackChanges> {
  const { stack, settings, release } = deployment;
  const manifests = allManifests(stackManifests(release));
  const wanted = new Set(manifests.map(objectKey));
  const [runs, there] = await Promise.all([dryRun(kubectl, manifests), stackObjects(kubectl, settings.environment, stack)]);
  const surplus = there.filter((object) => !wanted.has(objectKey(object)));
  return { runs, surplus, preview: previewOfCluster(stack, runs, surplus) };
}
