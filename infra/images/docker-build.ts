import { docker } from "../host/docker.ts";
import { UserError } from "../host/user-error.ts";
import type { ImageBuild } from "./plan.ts";

const BUILD_MS = 900_000;
const LINES_SHOWN = 20;

/**
 * Builds one image with the engine's own builder; works with and without buildx.
 * @throws UserError with the last lines of the build.
 */
export async function dockerBuild(image: ImageBuild, extraArgs: Readonly<Record<string, string>> = {}): Promise<void> {
  const lines: string[] = [];
  const buildArgs = Object.entries({ ...image.buildArgs, ...extraArgs }).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  const result = await docker(["build", "--tag", image.reference, "--file", image.dockerfile, ...buildArgs, image.context], {
    deadlineMs: BUILD_MS,
    onLine: (line) => lines.push(line),
  });
  if (result.code === 0) return;
  const reason = result.code === 124 ? `did not end within ${BUILD_MS / 60_000} minutes` : `failed (exit ${result.code})`;
  throw new UserError(`Building image ${image.reference} from ${image.context} ${reason}:\n${lines.slice(-LINES_SHOWN).join("\n")}`);
}
