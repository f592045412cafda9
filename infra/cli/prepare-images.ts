import { buildImages } from "../images/build.ts";
import { grafanaAvailable } from "../images/grafana.ts";
import { imagePlan, imageReferences } from "../images/plan.ts";
import { pruneImages } from "../images/prune.ts";
import { PROJECT_ROOT } from "../host/paths.ts";
import { UserError } from "../host/user-error.ts";
import type { ImageReferences } from "../platform/images.ts";
import type { Progress } from "./progress.ts";
import type { Session } from "./session.ts";

export interface PreparedImages {
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
 * Makes every image of the platform that is not here yet, and removes builds that are long out of use.
 * @throws UserError with what a build said.
 */
export async function prepareImages(session: Session, progress: Progress): Promise<PreparedImages> {
  const prepared = await progress.step(
    "sources bundled, images planned",
    async () => {
      const [grafana, base] = await Promise.all([decideGrafana(session), imagePlan(PROJECT_ROOT)]);
      return { grafana, plan: grafana ? await imagePlan(PROJECT_ROOT, { optional: true }) : base };
    },
    ({ plan }) => `${plan.length} images`,
  );
  const built = await progress.step(
    "images",
    async (report) => await buildImages(prepared.plan, { onProgress: progress.plain ? (line) => progress.note(`              ${line}`) : report }),
    (made) => (made.length === 0 ? "all here" : `${made.length} built`),
  );
  if (built.length > 0)
    await progress.step(
      "old images",
      async () => await pruneImages(prepared.plan, KEPT_BUILDS),
      (removed) => (removed.length === 0 ? "none to remove" : `${removed.length} removed`),
    );
  if (!prepared.grafana && session.config.targets.foundation.settings.grafana === "auto")
    progress.note("Grafana is left out: its image is not here and no registry serves it. Everything else is deployed.");
  return { images: imageReferences(prepared.plan), grafana: prepared.grafana };
}
