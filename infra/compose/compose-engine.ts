import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine, Report, StackDeployment, StackTarget } from "../engine/engine.ts";
import { planStack, stackMembers } from "../engine/plan.ts";
import { waitUntilReady } from "../engine/readiness.ts";
import { readGivenSecrets } from "../config/given-secrets.ts";
import { environmentContainers } from "../host/containers.ts";
import { writeWhole } from "../host/files.ts";
import { environmentFolder, PROJECT_ROOT, stackFolder } from "../host/paths.ts";
import { dockerHost } from "../host/probe.ts";
import { run, lastLines } from "../host/run.ts";
import { UserError } from "../host/user-error.ts";
import type { ContainerSpec } from "../platform/container.ts";
import { networkName, projectName } from "../platform/names.ts";
import { requireComposeTool, type ComposeTool } from "./compose-tool.ts";
import { composeYaml, renderCompose, volumesOf } from "./render.ts";
import { anyOwnImage, ensureNetwork, ensureVolumes, removeEnvironmentData, removeNetwork } from "./resources.ts";
import { removeSecretsFolder, workloadSecretsFolder, writeSecretFiles } from "./secret-files.ts";
import { environmentSecrets } from "./secrets.ts";
import { stopAndRemove } from "./stop.ts";

/** Creating and replacing containers: includes the grace periods of those that go. */
const COMPOSE_DEADLINE_MS = 180_000;
const JOB_DEADLINE_MS = 120_000;

/** What Compose has to know of a stack: also of one that another state of the program declared. */
export type ComposeDeployment = Omit<StackDeployment, "release">;

export function composeFilePath(target: StackTarget): string {
  return join(stackFolder(target.settings.environment, target.stack), "compose.yaml");
}

/** The compose file of a stack as text. */
export function stackComposeYaml(deployment: ComposeDeployment): string {
  const { environment } = deployment.settings;
  const file = renderCompose(deployment.containers, (spec) =>
    workloadSecretsFolder(environment, deployment.stack, spec.workload),
  );
  const project = projectName(environment, deployment.stack);
  return composeYaml(file, `AstraTrade ${environment}: ${deployment.stack}. By hand: docker-compose -p ${project} up -d`);
}

/** @throws UserError with the last lines of what compose said. */
async function composeUp(
  tool: ComposeTool,
  target: StackTarget,
  containers: readonly ContainerSpec[],
  options: readonly string[],
  report: Report,
): Promise<void> {
  const project = projectName(target.settings.environment, target.stack);
  const args = [...tool.args, "-p", project, "-f", composeFilePath(target)];
  const up = ["up", "-d", "--no-build", "--no-deps", ...options, ...containers.map((spec) => spec.name)];
  const result = await run(tool.program, [...args, ...up], { deadlineMs: COMPOSE_DEADLINE_MS, onLine: report });
  if (result.code !== 0)
    throw new UserError(
      `${[tool.program, ...tool.args].join(" ")} could not start ${target.stack} (exit ${result.code}):\n${lastLines(result.stderr, 20)}\n` +
        "When the cause is gone, `./astra up` finishes the job.",
    );
}

/**
 * Brings containers to what is declared, as `Engine.deploy` does.
 * @throws UserError with what failed and what to do.
 */
export async function deployByCompose(deployment: ComposeDeployment, report: Report): Promise<void> {
  const { settings, containers, stack } = deployment;
  const { environment } = settings;
  const before = stackMembers(await environmentContainers(environment), stack);
  const plan = planStack(containers, before);
  if (plan.unchanged) return;
  const given = readGivenSecrets(settings, PROJECT_ROOT);
  const tool = await requireComposeTool();
  report("network, volumes and secrets");
  await ensureNetwork(networkName(environment), environment);
  await ensureVolumes(volumesOf(containers), environment);
  await writeSecretFiles(environment, stack, containers, { ...(await environmentSecrets(environment)), ...given });
  await writeWhole(composeFilePath(deployment), stackComposeYaml(deployment));
  const jobs = containers.filter((spec) => spec.oneShot && plan.changes[spec.name] !== "keep");
  if (jobs.length > 0) {
    await composeUp(tool, deployment, jobs, [], report);
    await waitUntilReady(
      {
        specs: jobs,
        workloads: [],
        before,
        deadlineMs: JOB_DEADLINE_MS,
        onReady: (spec) => report(`${spec.workload} done`),
      },
      dockerHost,
    );
  }
  // By ourselves: docker-compose 1.29 ends what is too many with SIGKILL, in the middle of its requests.
  const surplus = before.filter((container) => plan.surplus.includes(container.name));
  if (surplus.length > 0) await stopAndRemove(surplus, report);
  const changed = containers.filter((spec) => !spec.oneShot && plan.changes[spec.name] !== "keep");
  // Only these: what stays is not even looked at. Without a name Compose would mean all.
  if (changed.length > 0) await composeUp(tool, deployment, changed, ["--remove-orphans"], report);
}

/** Deploys by Docker Compose: the way for a machine without the Pulumi engine. */
export const composeEngine: Engine = {
  name: "compose",
  deploy: deployByCompose,

  async remove(target, report) {
    const members = stackMembers(await environmentContainers(target.settings.environment), target.stack);
    await stopAndRemove(members, report);
    // Used by nobody then; where somebody else still does, it stays.
    if (target.stack === "foundation") await removeNetwork(networkName(target.settings.environment));
  },

  async purge(targets, report) {
    for (const target of targets) {
      const folder = stackFolder(target.settings.environment, target.stack);
      await removeSecretsFolder(folder, await anyOwnImage());
    }
    for (const environment of new Set(targets.map((target) => target.settings.environment))) {
      await removeEnvironmentData(environment, report);
      await rm(environmentFolder(environment), { recursive: true, force: true });
    }
  },
};
