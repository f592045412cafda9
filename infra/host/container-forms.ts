import type { ContainerForm } from "../platform/container-form.ts";
import { docker } from "./docker.ts";
import { fromInspect, type ImageDefaults, type InspectedContainer } from "./from-inspect.ts";
import { UserError } from "./user-error.ts";

interface InspectedImage {
  readonly Id: string;
  readonly Config: ImageDefaults | null;
}

/** Prints what it found and fails when one is missing: then the others are there all the same. */
async function inspect<T>(kind: "container" | "image", names: readonly string[]): Promise<readonly T[]> {
  if (names.length === 0) return [];
  const result = await docker([kind, "inspect", ...names]);
  try {
    return JSON.parse(result.stdout) as readonly T[];
  } catch (cause) {
    throw new UserError(`docker cannot inspect ${kind}s: ${result.stderr.trim()}`, { cause });
  }
}

/** A container as it really is, with what tells it from another one of its name. */
export interface RealContainer {
  readonly id: string;
  /** Id of the image that it was made from, whatever its tag names by now. */
  readonly imageId: string;
  readonly form: ContainerForm;
}

/** Containers with these names as they really are; those that are not there are left out. */
export async function realContainers(names: readonly string[]): Promise<readonly RealContainer[]> {
  const containers = await inspect<InspectedContainer>("container", names);
  const images = await inspect<InspectedImage>("image", [...new Set(containers.map((container) => container.Image))]);
  const defaults = new Map(images.map((image) => [image.Id, image.Config ?? undefined]));
  return containers.map((container) => ({
    id: container.Id,
    imageId: container.Image,
    form: fromInspect(container, defaults.get(container.Image)),
  }));
}

/** The same, as forms alone. */
export async function containerForms(names: readonly string[]): Promise<readonly ContainerForm[]> {
  return (await realContainers(names)).map((container) => container.form);
}

/** Ids of the images that references name now; those that name none are left out. */
export async function imageIds(references: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const unique = [...new Set(references)];
  const images = await inspect<InspectedImage & { readonly RepoTags: readonly string[] | null }>("image", unique);
  return new Map(images.flatMap(({ Id, RepoTags }) => (RepoTags ?? []).filter((tag) => unique.includes(tag)).map((tag) => [tag, Id] as const)));
}
