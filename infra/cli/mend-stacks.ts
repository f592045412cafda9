import { environmentSecrets } from "../compose/secrets.ts";
import { composeFilePath, deployByCompose, stackComposeYaml } from "../compose/compose-engine.ts";
import { sha256, writeDeployed } from "../drift/deployed.ts";
import type { DriftItem } from "../drift/drift.ts";
import { driftOnDocker, knownStack, type KnownStack, type StackDrift } from "../drift/find.ts";
import { mendOnMachine } from "../drift/mend.ts";
import { describeItem, describeMend } from "../drift/text.ts";
import type { Engine, StackTarget } from "../engine/engine.ts";
import type { StackModel } from "../engine/model.ts";
import { waitUntilReady } from "../engine/readiness.ts";
import { environmentContainers } from "../host/containers.ts";
import { writeWhole } from "../host/files.ts";
import { dockerHost } from "../host/probe.ts";
import { messageOf, UserError } from "../host/user-error.ts";
import { LABELS } from "../platform/labels.ts";
import { deployStack } from "./deploy-stack.ts";
import type { Progress } from "./progress.ts";

const READY_MS = 240_000;

/** Things that `mendOnMachine` leaves to the engine: they have to be made. */
function toBeMade(items: readonly DriftItem[]): readonly DriftItem[] {
  return items.filter(({ kind, mend }) => kind !== "file" && (mend === "create" || mend === "replace"));
}

/** The same release as the program declares now. */
function isSameRelease({ deployed }: KnownStack, model: StackModel): boolean {
  const wanted = new Map(model.containers.map((spec) => [spec.name, spec.labels[LABELS.spec]]));
  return deployed.containers.length === wanted.size && deployed.containers.every(({ form }) => wanted.get(form.name) === form.labels[LABELS.spec]);
}

async function valuesOf(engine: Engine, target: StackTarget): Promise<Readonly<Record<string, string>>> {
  return engine.name === "compose" ? await environmentSecrets(target.settings.environment) : {};
}

async function writeComposeFile({ target, record }: KnownStack): Promise<void> {
  if (record === undefined) return;
  const text = stackComposeYaml({ ...target, containers: record.containers });
  await writeWhole(composeFilePath(target), text);
  await writeDeployed(target.settings.environment, { ...record, composeFile: sha256(text) });
}

/** Makes what is missing of a stack of an earlier release, by what was written down of it. */
async function remakeByCompose({ target, record }: KnownStack, model: StackModel, progress: Progress): Promise<void> {
  const containers = record?.containers ?? [];
  const before = await environmentContainers(target.settings.environment);
  await progress.step(`${target.stack}: missing containers of the release that it is`, async (report) => {
    await deployByCompose({ ...target, containers }, report);
    await waitUntilReady({ specs: containers, workloads: model.workloads, before, deadlineMs: READY_MS, onReady: (spec) => report(spec.name) }, dockerHost);
  });
}

async function mendStack(drift: StackDrift, engine: Engine, progress: Progress): Promise<void> {
  const { target, items, deployed } = drift;
  for (const item of items) progress.note(`drift  ${describeItem(item)}: up ${describeMend(item)}.`);
  const failures = await progress.step(`${target.stack}: ${items.length} drifted`, async (report) => {
    const failed = await mendOnMachine(deployed, items, await valuesOf(engine, target), report);
    if (items.some(({ kind }) => kind === "file")) await writeComposeFile(drift);
    return failed;
  });
  for (const failure of failures) progress.note(failure);
}

export interface Mending {
  readonly engine: Engine;
  readonly progress: Progress;
  /** Stacks as the program declares them now. */
  readonly models: readonly StackModel[];
}

/**
 * Undoes what was done by hand to stacks that stand, and to nothing else of them. What has to be made anew is made here
 * too where the stack is a colour: before one is picked to deploy to, so that a colour with a missing container is not
 * taken for a deployment that never ended. The foundation's is made by its own deployment, which follows.
 * @throws UserError when somebody else's container has one of our names.
 */
export async function mendStacks({ engine, progress, models }: Mending): Promise<void> {
  const known = await Promise.all(models.map(async (model) => await knownStack(engine.name, model)));
  const drifts = await driftOnDocker(known.flatMap((one) => one ?? []));
  for (const drift of drifts.filter(({ items }) => items.length > 0)) {
    await mendStack(drift, engine, progress);
    const model = models.find(({ stack }) => stack === drift.target.stack);
    const missing = toBeMade(drift.items);
    if (model === undefined || model.stack === "foundation" || missing.length === 0) continue;
    try {
      if (isSameRelease(drift, model)) await deployStack(engine, model, progress);
      else if (engine.name === "compose") await remakeByCompose(drift, model, progress);
      else progress.note(`${model.stack}: ${missing.map(({ name }) => name).join(", ")} is of release ${drift.deployed.version}, and Pulumi can only make what the program declares now. Deploy from the commit of that release to get it back.`);
    } catch (error) {
      // The deployment that was asked for must not fail by a release that may not even be wanted any more.
      if (!(error instanceof UserError)) throw error;
      progress.note(`${model.stack} could not be mended: ${messageOf(error)}`);
    }
  }
}
