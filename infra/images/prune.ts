import { docker, dockerOrFail } from "../host/docker.ts";
import { STAGE_LABEL } from "./build.ts";
import { parentImages, type ImageBuild } from "./plan.ts";

/** An image on this machine. */
export interface PresentImage {
  /** `astratrade/<name>`. */
  readonly repository: string;
  readonly tag: string;
}

/**
 * Which references may go: all but the newest `keep` of each repository and those that are wanted.
 * @param present Newest first, as Docker lists them.
 * @param wanted References that stay, whatever their age.
 * @param keep Images of each repository that stay; [0, 100].
 */
export function outdated(present: readonly PresentImage[], wanted: ReadonlySet<string>, keep: number): readonly string[] {
  const seen = new Map<string, number>();
  return present.flatMap((image) => {
    const place = seen.get(image.repository) ?? 0;
    seen.set(image.repository, place + 1);
    const reference = `${image.repository}:${image.tag}`;
    return place < keep || wanted.has(reference) ? [] : [reference];
  });
}

/**
 * Removes images of earlier builds; those of a plan, the newest two of each name, and any that a container uses stay.
 * @returns The references that were removed.
 */
export async function pruneImages(plan: readonly ImageBuild[], keep = 2): Promise<readonly string[]> {
  const parents = await parentImages();
  const wanted = new Set([...plan, parents.base, parents.node].map((image) => image.reference));
  const list = await dockerOrFail(["image", "ls", "--filter", "reference=astratrade/*", "--format", "{{.Repository}} {{.Tag}}"]);
  const present = list.split("\n").flatMap((line) => {
    const [repository, tag] = line.split(" ");
    return repository !== undefined && tag !== undefined && tag !== "<none>" ? [{ repository, tag }] : [];
  });
  const removed: string[] = [];
  for (const reference of outdated(present, wanted, keep)) {
    // Docker refuses what a container still uses, and that is meant so.
    if ((await docker(["image", "rm", reference])).code === 0) removed.push(reference);
  }
  // First stages of builds that were cut off; one that runs now is younger.
  await docker(["image", "prune", "--force", "--filter", `label=${STAGE_LABEL}`, "--filter", "until=1h"], { deadlineMs: 60_000 });
  return removed;
}
