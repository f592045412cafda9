import { Provider } from "@pulumi/kubernetes";
import { foundationReference } from "../docker/foundation-reference.ts";
import { PROJECT_ROOT } from "../host/paths.ts";
import { buildImages } from "../images/build.ts";
import { grafanaAvailable } from "../images/grafana.ts";
import { jaegerDeployed } from "../images/jaeger.ts";
import { imagePlan, imageReferences } from "../images/plan.ts";
import { pushImages } from "../images/push.ts";
import { imagesOf, stackWorkloads } from "../platform/platform.ts";
import { releaseOf } from "../platform/release.ts";
import type { SecretName } from "../platform/secrets.ts";
import type { Settings } from "../platform/settings.ts";
import { ClusterColour, type ClusterColourArgs } from "./colour.ts";
import { ClusterFoundation } from "./foundation.ts";
import { clusterAccess } from "./kubeconfig.ts";
import { stackManifests } from "./manifests.ts";
import { requireCluster } from "./reach.ts";
import { clusterFacts } from "./render.ts";

export interface ClusterProgramOptions {
  /** Images that are missing are built and pushed, and this gets one line for each; absent: nothing is. */
  readonly onImage?: (line: string) => void;
  /** Secrets of the stack's config, by name. */
  readonly given: Readonly<Record<SecretName, string>>;
}

async function prepare(settings: Settings, options: ClusterProgramOptions): Promise<ClusterColourArgs> {
  const wanted = settings.colour === undefined && settings.grafana !== "off";
  const grafana = wanted && (settings.grafana === "on" || (await grafanaAvailable()));
  // Also of a colour: its pods may reach Jaeger where there is one.
  const facts = clusterFacts(grafana, await jaegerDeployed(settings));
  const workloads = stackWorkloads(settings, facts);
  const plan = await imagePlan(PROJECT_ROOT, { names: imagesOf(workloads) });
  const { onImage } = options;
  if (onImage) {
    await buildImages(plan, { onProgress: onImage });
    if (settings.registry !== undefined) await pushImages(plan, settings.registry, (reference) => onImage(`pushed ${reference}`));
  }
  const release = releaseOf(settings, facts, imageReferences(plan));
  const [first] = workloads;
  return { settings, given: options.given, manifests: stackManifests(release), version: first === undefined ? "" : release.version(first) };
}

/**
 * Declares a stack on a cluster, and returns its outputs. The cluster has answered and the registry has taken the
 * images before the first resource is declared.
 * @throws UserError in one line when there is no kubeconfig, no answer, or no right to push.
 */
export async function clusterProgram(settings: Settings, options: ClusterProgramOptions): Promise<Record<string, unknown>> {
  const access = clusterAccess(settings.kubernetes.context);
  await requireCluster(access);
  const args = await prepare(settings, options);
  // The kubeconfig stays where it is: its contents are no part of the state.
  const provider = new Provider("cluster", { context: access.context, enableServerSideApply: true });
  const opts = { providers: { kubernetes: provider } };
  if (settings.colour === undefined) {
    const { environment, namespace } = new ClusterFoundation("foundation", args, opts);
    return { environment, namespace };
  }
  await foundationReference(settings, "namespace");
  const { environment, colour, version } = new ClusterColour(settings.colour, args, opts);
  return { environment, colour, version };
}
