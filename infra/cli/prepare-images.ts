import { buildImages } from "../images/build.ts";
import { grafanaAvailable } from "../images/grafana.ts";
import { imagePlan, imageReferences, type ImageBuild } from "../images/plan.ts";
import { pruneImages } from "../images/prune.ts";
import { PROJECT_ROOT } from "../host/paths.ts";
import { UserError } from "../host/user-error.ts";
import { clusterFacts } from "../kubernetes/render.ts";
import { images as declaredImages, type ImageReferences } from "../platform/images.ts";
import { colourWorkloads, foundationWorkloads } from "../platform/platform.ts";
import type { Progress } from "./progress.ts";
import type { Session } from "./session.ts";

/** Images of the platform as they would be, none of them made yet. */
export interface PlannedImages {
  readonly plan: readonly ImageBuild[];
  readonly images: ImageReferences;
  readonly grafana: boolean;
}

/** Whether Grafana belongs to this deployment. @throws UserError when config insists and it cannot be had. */
async function decideGrafana(session: Session): Promise<boolean> {
  const { grafana } = session.config.targets.foundation.settings;
  if (grafana === "off") return false;
  const available = await grafanaAvailable();
  if (!available && grafana === "on")
    throw new UserError(
      "astratrade:grafana is on, but Grafana's image is not here and no registry serves it.\n" +
        "Pull it where there is a registry, or: ./astra up --config grafana=auto",
    );
  return available;
}

/** Earlier builds of each image that stay: enough to go back without building. */
const KEPT_BUILDS = 3;

/**
 * Finds out which images the platform is made of. Builds nothing.
 * @throws UserError when a service does not bundle.
 */
export async function planImages(session: Session): Promise<PlannedImages> {
  // Planned with all there is, while Grafana's image is looked for: bundling takes longest, and is done once.
  const [grafana, all] = await Promise.all([decideGrafana(session), imagePlan(PROJECT_ROOT, { optional: true })]);
  const { settings } = session.config.targets.foundation;
  const wanted = new Set(
    settings.target === "kubernetes"
      ? [...foundationWorkloads(settings, clusterFacts(grafana)), ...colourWorkloads(settings)].map((workload) => workload.image)
      : declaredImages.filter((image) => grafana || image.optional !== true).map((image) => image.name),
  );
  const plan = all.filter((image) => wanted.has(image.name));
  return { grafana, plan, images: imageReferences(plan) };
}

/**
 * Makes every image of the platform that is not here yet, and removes builds that are long out of use.
 * @throws UserError with what a build said.
 */
export async function makeImages({ plan, grafana }: PlannedImages, session: Session, progress: Progress): Promise<void> {
  const built = await progress.step(
    "images",
    async (report) => await buildImages(plan, { onProgress: progress.plain ? (line) => progress.note(`              ${line}`) : report }),
    (made) => (made.length === 0 ? "all here" : `${made.length} built`),
  );
  if (built.length > 0)
    await progress.step(
      "old images",
      async () => await pruneImages(plan, KEPT_BUILDS),
      (removed) => (removed.length === 0 ? "none to remove" : `${removed.length} removed`),
    );
  if (!grafana && session.config.targets.foundation.settings.grafana === "auto")
    progress.note("Grafana is left out: its image is not here and no registry serves it. Everything else is deployed.");
}
