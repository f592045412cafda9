import { join } from "node:path";
import { docker } from "../../infra/host/docker.ts";
import { PROJECT_ROOT } from "../../infra/host/paths.ts";
import { run } from "../../infra/host/run.ts";
import { buildImages } from "../../infra/images/build.ts";
import { imagePlan, imageReferences } from "../../infra/images/plan.ts";

/** Hundreds of tests on a busy machine. */
const RUN_MS = 600_000;

/** The image of the platform's own that checks rules before they are put in force: promtool of its Prometheus' version. */
async function promtoolImage(): Promise<string> {
  const plan = await imagePlan(undefined, { names: ["configure"] });
  await buildImages(plan);
  return imageReferences(plan)["configure"] ?? "";
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
