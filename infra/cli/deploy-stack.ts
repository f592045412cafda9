import { composeFilePath } from "../compose/compose-engine.ts";
import { forgetDeployed, sha256, writeDeployed } from "../drift/deployed.ts";
import type { Engine, Report } from "../engine/engine.ts";
import type { StackModel } from "../engine/model.ts";
import { describePlan, planStack, stackMembers } from "../engine/plan.ts";
import { waitUntilReady } from "../engine/readiness.ts";
import { watchStarts } from "../engine/start-watch.ts";
import { environmentContainers, type Container } from "../host/containers.ts";
import { readIfThere } from "../host/files.ts";
import { dockerHost } from "../host/probe.ts";
import { UserError } from "../host/user-error.ts";
import { LABELS } from "../platform/labels.ts";
import type { Progress } from "./progress.ts";

/** From the containers' start until all are ready; a service is ready in seconds. */
const READY_DEADLINE_MS = 240_000;

/** Lets the engine work, and tells meanwhile of what does not start. @returns The names of that. */
async function watchedDeploy(engine: Engine, model: StackModel, before: readonly Container[], report: Report, progress: Progress): Promise<readonly string[]> {
  const over = new AbortController();
  const watching = watchStarts({ specs: model.containers, before, tell: (text) => progress.note(text) }, dockerHost, over.signal);
  try {
    await engine.deploy(model, report);
  } finally {
    over.abort();
  }
  return await watching;
}

/**
 * Deploys one stack and waits until everything in it can take work. Changes nothing where nothing has to.
 * @throws UserError with what failed and its last log lines.
 */
export async function deployStack(engine: Engine, model: StackModel, progress: Progress): Promise<void> {
  if (model.settings.target === "kubernetes") return await (await import("./deploy-to-cluster.ts")).deployToCluster(engine, model, progress);
  const before = stackMembers(await environmentContainers(model.settings.environment), model.stack);
  const plan = planStack(model.containers, before);
  if (!plan.unchanged) {
    // Until all of it stands, nobody can say what is drift and what is only half made.
    await forgetDeployed(model.settings.environment, model.stack);
    const told = await progress.step(`${model.stack}: ${describePlan(plan)}`, async (report) => await watchedDeploy(engine, model, before, report, progress));
    if (told.length > 0) throw new UserError(`${told.join(", ")} did not start, as told above. When the cause is gone, \`./astra up\` finishes the job.`);
  }
  let ready = 0;
  await progress.step(
    `${model.stack} ready`,
    async (report) => {
      await waitUntilReady(
        {
          specs: model.containers,
          workloads: model.workloads,
          before,
          deadlineMs: READY_DEADLINE_MS,
          onReady: (spec, elapsedMs) => {
            ready += 1;
            if (!plan.unchanged && !spec.oneShot) progress.done(`  ${spec.name} ready`, elapsedMs);
            report(`${ready} of ${model.containers.length}`);
          },
        },
        dockerHost,
      );
    },
    () => (plan.unchanged ? "unchanged" : `${ready} containers`),
  );
  const composeFile = engine.name === "compose" ? await readIfThere(composeFilePath(model)) : undefined;
  await writeDeployed(model.settings.environment, {
    stack: model.stack,
    version: model.containers[0]?.labels[LABELS.version] ?? "",
    containers: model.containers,
    ...(composeFile === undefined ? {} : { composeFile: sha256(composeFile) }),
  });
}
