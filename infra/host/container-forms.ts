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

/** Containers with these names as they really are; those that are not there are left out. */
export async function containerForms(names: readonly string[]): Promise<readonly ContainerForm[]> {
  const containers = await inspect<InspectedContainer>("container", names);
  const images = await inspect<InspectedImage>("image", [...new Set(containers.map((container) => container.Image))]);
  const defaults = new Map(images.map((image) => [image.Id, image.Config ?? undefined]));
  return containers.map((container) => fromInspect(container, defaults.get(container.Image)));
}
