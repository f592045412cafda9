import { findImageStore, loadImages } from "../images/cluster-load.ts";
import { pushImages } from "../images/push.ts";
import type { Settings } from "../platform/settings.ts";
import { clusterAccess } from "../kubernetes/kubeconfig.ts";
import type { ImageBuild } from "../images/plan.ts";
import type { Progress } from "./progress.ts";

/**
 * Brings images to where a cluster's nodes find them: the registry that config names, else the nodes of a local cluster.
 * @throws UserError in one line: no registry and no local cluster, or no right to push.
 */
export async function bringImages(plan: readonly ImageBuild[], settings: Settings, progress: Progress): Promise<void> {
  const { registry } = settings;
  if (registry !== undefined) {
    await progress.step(`pushing to ${registry}`, async (report) => await pushImages(plan, registry, report), () => `${plan.length} images`);
    return;
  }
  await loadIntoCluster(plan, settings, progress);
}

/** Brings images to the nodes of a local cluster. @throws UserError where it is no local one. */
export async function loadIntoCluster(plan: readonly ImageBuild[], settings: Settings, progress: Progress): Promise<void> {
  const access = clusterAccess(settings.kubernetes.context);
  const store = await findImageStore(access.context, access.server);
  await progress.step(
    `loading into ${store.kind === "containerd" ? `containerd (${store.socket})` : `${store.kind} cluster ${store.cluster}`}`,
    async () => await loadImages(store, plan.map((image) => image.reference)),
    (loaded) => (loaded.length === 0 ? "all there" : `${loaded.length} images`),
  );
}
