import { docker } from "../host/docker.ts";
import { PROJECT_ROOT } from "../host/paths.ts";
import { ensureBaseImage } from "./base-image.ts";
import { dockerBuild } from "./docker-build.ts";
import { parentImages, type ImageBuild } from "./plan.ts";
import { imageIsHere } from "./registry.ts";
import { readVersions } from "./versions.ts";

/** Builds run at a time; more only makes each slower on a small machine. */
const PARALLEL = 2;

/** Label of images that only feed a later stage of a build; its value is the tag of the image that is built. */
export const STAGE_LABEL = "astratrade.build-stage";

export interface BuildOptions {
  /** Gets one line for people per finished step. */
  readonly onProgress?: (line: string) => void;
}

async function timed(work: () => Promise<void>): Promise<string> {
  const start = performance.now();
  await work();
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** Removes what the engine's older builder leaves behind of these builds: each first stage, as an image without a name. */
export async function removeBuildStages(built: readonly ImageBuild[]): Promise<void> {
  for (const image of built) {
    const label = `label=${STAGE_LABEL}=${image.buildArgs["ASTRATRADE_VERSION"] ?? ""}`;
    await docker(["image", "prune", "--force", "--filter", label], { deadlineMs: 60_000 });
  }
}

/** Images of a plan that this machine lacks. */
export async function missingOf(plan: readonly ImageBuild[]): Promise<readonly ImageBuild[]> {
  const here = await Promise.all(plan.map(async (image) => await imageIsHere(image.reference)));
  return plan.filter((_, index) => here[index] !== true);
}

/**
 * Makes the images on which those of a plan stand, if they are missing. Plain Pulumi, which builds the plan itself,
 * needs only this.
 * @returns How the base image came about, in words for people.
 */
export async function ensureParentImages(
  plan: readonly ImageBuild[],
  options: BuildOptions = {},
  projectRoot: string = PROJECT_ROOT,
): Promise<string> {
  const parents = await parentImages(projectRoot);
  let way = "already here";
  const time = await timed(async () => {
    way = await ensureBaseImage(parents.base, await readVersions(projectRoot));
  });
  if (way !== "already here") options.onProgress?.(`image base: made ${way} (${time})`);
  const needsNode = plan.some((image) => [image.buildArgs["NODE"], image.reference].includes(parents.node.reference));
  if (needsNode && !(await imageIsHere(parents.node.reference))) {
    const nodeTime = await timed(async () => { await dockerBuild(parents.node); });
    options.onProgress?.(`image node: built (${nodeTime})`);
  }
  return way;
}

/**
 * Builds those images of a plan that this machine lacks, with what they stand on.
 * @returns Those that were built; none when all were here.
 * @throws UserError with the last lines of the build that failed.
 */
export async function buildImages(plan: readonly ImageBuild[], options: BuildOptions = {}): Promise<readonly ImageBuild[]> {
  const missing = await missingOf(plan);
  if (missing.length === 0) return [];
  await ensureParentImages(missing, options);
  const queue = [...missing];
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let image = queue.shift(); image; image = queue.shift()) {
      const next = image;
      const time = await timed(async () => { await dockerBuild(next); });
      done += 1;
      options.onProgress?.(`image ${next.name}: built (${time}, ${done} of ${missing.length})`);
    }
  };
  try {
    const results = await Promise.allSettled(Array.from({ length: PARALLEL }, worker));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  } finally {
    await removeBuildStages(missing);
  }
  return missing;
}
