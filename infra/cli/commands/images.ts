import { PROJECT_ROOT } from "../../host/paths.ts";
import { UserError } from "../../host/user-error.ts";
import { buildImages } from "../../images/build.ts";
import { findImageStore } from "../../images/cluster-load.ts";
import { imagePlan, type ImageBuild } from "../../images/plan.ts";
import { clusterAccess } from "../../kubernetes/kubeconfig.ts";
import { requireCluster } from "../../kubernetes/reach.ts";
import { colourWorkloads, foundationWorkloads, imagesOf } from "../../platform/platform.ts";
import type { Settings } from "../../platform/settings.ts";
import { environmentConfig } from "../../engine/model.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { bringImages, loadIntoCluster } from "../bring-images.ts";
import { Progress } from "../progress.ts";
import { environmentOf, parseOverrides } from "../session.ts";
import { UsageError } from "../usage-error.ts";

/** Images that the Kubernetes target runs, built where they are missing. */
async function clusterImages(settings: Settings, progress: Progress): Promise<readonly ImageBuild[]> {
  const facts = { startInterval: true, grafana: settings.grafana === "on", jaeger: settings.jaeger === "on" };
  const plan = await imagePlan(PROJECT_ROOT, { names: imagesOf([...foundationWorkloads(settings, facts), ...colourWorkloads(settings)]) });
  await progress.step(
    "images",
    async (report) => await buildImages(plan, { onProgress: report }),
    (built) => (built.length === 0 ? "all here" : `${built.length} built`),
  );
  return plan;
}

async function load(settings: Settings, progress: Progress): Promise<void> {
  const access = clusterAccess(settings.kubernetes.context);
  await requireCluster(access);
  // Known before anything is built.
  await findImageStore(access.context, access.server);
  await loadIntoCluster(await clusterImages(settings, progress), settings, progress);
}

async function push(settings: Settings, progress: Progress): Promise<void> {
  const { registry } = settings;
  if (registry === undefined) throw new UserError("There is no registry to push to. Set astratrade:registry, or add: --config registry=HOST/FOLDER");
  const plan = await clusterImages(settings, progress);
  await bringImages(plan, settings, progress);
}

async function images(invocation: Invocation): Promise<number> {
  const [action] = invocation.words;
  if (action === undefined) throw new UsageError("images takes load or push. See ./astra images --help.");
  const overrides = { ...parseOverrides(invocation.texts("config")), target: "kubernetes" };
  const { settings } = environmentConfig(environmentOf(invocation), overrides).targets.foundation;
  const progress = new Progress();
  await (action === "load" ? load(settings, progress) : push(settings, progress));
  return 0;
}

export const imagesCommand: Command = {
  name: "images",
  summary: "Bring the platform's images to a cluster: load into a local one, or push to its registry.",
  words: { help: "load|push", max: 1, choices: ["load", "push"] },
  details: [
    "",
    "load knows clusters of kind, k3d and minikube by their context, and a kubelet's containerd on this machine.",
    "push sends them to astratrade:registry, from where any cluster can pull them.",
  ],
  flags: { ...ENVIRONMENT_FLAG, ...CONFIG_FLAG },
  run: images,
};
