import { dockerOrFail } from "../../infra/host/docker.ts";
import type { ImageReferences } from "../../infra/platform/images.ts";
import { CONFIGURATION_PATH } from "../../infra/platform/defaults.ts";
import { removeContainer, startContainer } from "./docker.ts";

/** Configuration that the platform's own job has written and checked. */
export interface WrittenConfiguration {
  /** Argument of `docker run` that mounts it as the platform does. */
  readonly mount: string;
  /** After the containers that mount it. */
  remove(): Promise<void>;
}

/** Arguments of the edge's part where a test has no use for it; the job writes all parts. */
const ANY_EDGE = ["--env=ASTRA_EDGE_BACKENDS=gateway:8000", "--env=ASTRA_AGENT_PORT=8099"];

/**
 * Runs the job `configure`, whose image has to be there, with arguments of `docker run`: variables that say what is written,
 * and what names are resolved by.
 * @throws Error with what it printed where it refuses.
 */
export async function writeConfiguration(images: ImageReferences, args: readonly string[]): Promise<WrittenConfiguration> {
  const common = ["--mount=type=tmpfs,target=/tmp,tmpfs-size=16m", `--volume=${CONFIGURATION_PATH}`];
  const id = await startContainer([...common, ...ANY_EDGE, ...args, images["configure"] ?? ""]);
  const code = (await dockerOrFail(["wait", id], { deadlineMs: 60_000 })).trim();
  if (code !== "0") throw new Error(`configure ended with ${code}: ${await dockerOrFail(["logs", id])}`);
  // `--volumes-from` fails where one of the mounts is a tmpfs.
  const volume = `{{range .Mounts}}{{if eq .Destination "${CONFIGURATION_PATH}"}}{{.Name}}{{end}}{{end}}`;
  const source = (await dockerOrFail(["container", "inspect", "--format", volume, id])).trim();
  return { mount: `--mount=type=volume,source=${source},target=${CONFIGURATION_PATH},readonly`, remove: async () => { await removeContainer(id); } };
}
