import { findImageStore } from "../images/cluster-load.ts";
import { openCluster } from "../kubernetes/kubectl.ts";
import { requireStorage } from "../kubernetes/storage.ts";
import type { Progress } from "./progress.ts";
import type { Session } from "./session.ts";

/**
 * Makes sure that a cluster can be deployed to, as the first step of `up`; changes nothing.
 * @throws UserError in one line: no kubeconfig, no `kubectl`, no answer, no volume for the stores, no way
 * for images to its nodes.
 */
export async function checkCluster(session: Session, progress: Progress): Promise<{ readonly startInterval: boolean }> {
  const { settings } = session.config.targets.foundation;
  await progress.step(
    "cluster",
    async () => {
      const kubectl = await openCluster(settings);
      await requireStorage(kubectl, settings);
      if (settings.registry === undefined) await findImageStore(kubectl.context, kubectl.server);
      return kubectl;
    },
    ({ context, server, namespace }) => `context ${context} (${server}), namespace ${namespace}`,
  );
  return { startInterval: true };
}
