import { join } from "node:path";
import { docker, dockerOrFail } from "../../infra/host/docker.ts";
import { PROJECT_ROOT } from "../../infra/host/paths.ts";
import { run } from "../../infra/host/run.ts";
import { ensureParentImages } from "../../infra/images/build.ts";
import { imagePlan } from "../../infra/images/plan.ts";
import { imageIsHere } from "../../infra/images/registry.ts";

const BUILD_MS = 600_000;
/** Hundreds of tests on a busy machine. */
const RUN_MS = 600_000;

/**
 * An image with promtool of the very version that the platform's Prometheus has: the build stage of that image, which
 * has checked the configuration with it.
 */
async function promtoolImage(): Promise<string> {
  const [prometheus] = await imagePlan(undefined, { names: ["prometheus"] });
  if (!prometheus) throw new Error("the plan has no image of Prometheus");
  const reference = prometheus.reference.replace("/prometheus:", "/promtool:");
  if (await imageIsHere(reference)) return reference;
  await ensureParentImages([prometheus]);
  const args = Object.entries(prometheus.buildArgs).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  await dockerOrFail(["build", "--target", "build", "--tag", reference, "--file", prometheus.dockerfile, ...args, prometheus.context], {
    deadlineMs: BUILD_MS,
  });
  return reference;
}

export interface PromtoolResult {
  readonly code: number;
  readonly output: string;
}

/** Runs the promtool of this machine's PATH, whatever its version. Code 127: there is none. */
export async function ownPromtool(rules: string, ...args: readonly string[]): Promise<PromtoolResult> {
  const result = await run("promtool", args, { cwd: rules, deadlineMs: RUN_MS });
  return { code: result.code, output: result.stdout + result.stderr };
}

/** Folder of the generated rules and their tests. */
export const GENERATED_RULES = join(PROJECT_ROOT, "alerts", "_gen");

/** Runs promtool in a container without a network, with a folder of rules and tests as its own. */
export async function promtool(rules: string, ...args: readonly string[]): Promise<PromtoolResult> {
  const image = await promtoolImage();
  const confined = ["--network=none", "--cap-drop=ALL", "--memory=512m", "--user=1000:1000", "--tmpfs=/tmp"];
  const result = await docker(["run", "--rm", ...confined, `--volume=${rules}:/rules:ro`, "--workdir=/rules", image, "promtool", ...args], {
    deadlineMs: RUN_MS,
  });
  return { code: result.code, output: result.stdout + result.stderr };
}
