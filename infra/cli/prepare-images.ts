import { buildImages } from "../images/build.ts";
import { grafanaAvailable } from "../images/grafana.ts";
import { jaegerAvailable } from "../images/jaeger.ts";
import { imagePlan, imageReferences, type ImageBuild } from "../images/plan.ts";
import { pruneImages } from "../images/prune.ts";
import { PROJECT_ROOT } from "../host/paths.ts";
import { UserError } from "../host/user-error.ts";
import { clusterFacts } from "../kubernetes/render.ts";
import { images as declaredImages, type ImageReferences } from "../platform/images.ts";
import { colourWorkloads, foundationWorkloads, imagesOf } from "../platform/platform.ts";
import type { Progress } from "./progress.ts";
import type { Session } from "./session.ts";

/** Images of the platform as they would be, none of them made yet. */
export interface PlannedImages {
  readonly plan: readonly ImageBuild[];
  readonly images: ImageReferences;
  readonly grafana: boolean;
  readonly jaeger: boolean;
}

/** A part that stands on an image which not every machine can have. */
interface OptionalPart {
  readonly key: "grafana" | "jaeger";
  readonly title: string;
  available(): Promise<boolean>;
}

const GRAFANA: OptionalPart = { key: "grafana", title: "Grafana", available: () => grafanaAvailable() };
const JAEGER: OptionalPart = { key: "jaeger", title: "Jaeger", available: () => jaegerAvailable() };

/** Whether a part belongs to this deployment. @throws UserError when config insists and it cannot be had. */
async function decide({ key, title, available }: OptionalPart, session: Session): Promise<boolean> {
  const wish = session.config.targets.foundation.settings[key];
  if (wish === "off") return false;
  const isThere = await available();
  if (!isThere && wish === "on")
    throw new UserError(
      `astratrade:${key} is on, but ${title}'s image is not here and no registry serves it.\n` +
        `Pull it where there is a registry, or: ./astra up --config ${key}=auto`,
    );
  return isThere;
}

/** Earlier builds of each image that stay: enough to go back without building. */
const KEPT_BUILDS = 3;

/**
 * Finds out which images the platform is made of. Builds nothing.
 * @throws UserError when a service does not bundle.
 */
export async function planImages(session: Session): Promise<PlannedImages> {
  // Planned with all there is, while the optional images are looked for: bundling takes longest, and is done once.
  const [grafana, jaeger, all] = await Promise.all([
    decide(GRAFANA, session),
    decide(JAEGER, session),
    imagePlan(PROJECT_ROOT, { optional: true }),
  ]);
  const leftOut = new Set([...(grafana ? [] : ["grafana"]), ...(jaeger ? [] : ["jaeger"])]);
  const { settings } = session.config.targets.foundation;
  const wanted = new Set(
    settings.target === "kubernetes"
      ? imagesOf([...foundationWorkloads(settings, clusterFacts(grafana, jaeger)), ...colourWorkloads(settings)])
      : declaredImages.filter((image) => !leftOut.has(image.name)).map((image) => image.name),
  );
  const plan = all.filter((image) => wanted.has(image.name));
  return { grafana, jaeger, plan, images: imageReferences(plan) };
}

/**
 * Makes every image of the platform that is not here yet, and removes builds that are long out of use.
 * @throws UserError with what a build said.
 */
export async function makeImages({ plan, ...parts }: PlannedImages, session: Session, progress: Progress): Promise<void> {
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
  const { settings } = session.config.targets.foundation;
  const missing = [GRAFANA, JAEGER].filter(({ key }) => !parts[key] && settings[key] === "auto").map(({ title }) => title);
  if (missing.length > 0)
    progress.note(
      missing.length === 1
        ? `${missing[0]} is left out: its image is not here and no registry serves it. Everything else is deployed.`
        : `${missing.join(" and ")} are left out: their images are not here and no registry serves them. Everything else is deployed.`,
    );
}
