import { setTimeout as sleep } from "node:timers/promises";
import type { IPod } from "kubernetes-models/v1";
import { forgetDeployed, writeDeployed } from "../drift/deployed.ts";
import type { Engine } from "../engine/engine.ts";
import type { StackModel } from "../engine/model.ts";
import { stackMembers } from "../engine/plan.ts";
import { withRuntime } from "../engine/runtime.ts";
import type { Runtime } from "../host/runtime.ts";
import { UserError } from "../host/user-error.ts";
import { openCluster, type Kubectl } from "../kubernetes/kubectl.ts";
import { failureOf, isReady, stuckPods } from "../kubernetes/rollout-state.ts";
import { stackChanges } from "../kubernetes/stack-changes.ts";
import { objectKey, RUNNERS, stackSelector, type ClusterObject } from "../kubernetes/stack-objects.ts";
import { LABELS } from "../platform/labels.ts";
import { describeCounts } from "../preview/preview.ts";
import type { Progress } from "./progress.ts";

/** Nodes may have to pull images, and stores to get their disks. */
const READY_DEADLINE_MS = 600_000;
const POLL_MS = 1_000;
const LOG_LINES = 20;
/** A pod that has found no node by then is told of. */
const PLACE_MS = 20_000;

async function lastLines(runtime: Runtime, pod: string): Promise<string> {
  const lines: string[] = [];
  for await (const line of runtime.log(pod, { tail: LOG_LINES }, AbortSignal.timeout(20_000))) lines.push(line);
  return lines.join("\n");
}

/** @throws UserError with why a pod cannot start, and what it said last. */
async function requireStartable(runtime: Runtime, model: StackModel, objects: readonly ClusterObject[]): Promise<void> {
  const failed = objects.flatMap((object) => {
    const reason = failureOf(object);
    return reason === undefined ? [] : [`${objectKey(object)} ${reason}`];
  });
  const stuck = stuckPods(stackMembers(await runtime.containers(), model.stack));
  if (failed.length === 0 && stuck.length === 0) return;
  const [first] = stuck;
  const said = first === undefined ? "" : `\nThe last lines of ${first.name} (${first.image}):\n${await lastLines(runtime, first.name)}`;
  throw new UserError(`${[...failed, ...stuck.map((pod) => `${pod.name} does not start: ${pod.state}`)].join("\n")}${said}\n\nWhen the cause is gone, \`./astra up\` finishes the job.`);
}

/** Pods that no node takes, and why: a cluster may first have to get a node or a disk. */
async function unplaced(kubectl: Kubectl, model: StackModel): Promise<readonly string[]> {
  const pods = await kubectl.items<IPod>(["pods", "--selector", stackSelector(model.settings.environment, model.stack)]);
  return pods.flatMap((pod) => {
    const refused = pod.status?.conditions?.find((condition) => condition.type === "PodScheduled" && condition.status === "False");
    return refused === undefined ? [] : [`${pod.metadata?.name ?? "?"} waits for a place: ${refused.message ?? "no reason given"}`];
  });
}

interface Waiting {
  readonly onReady: (name: string, elapsedMs: number) => void;
  /** Something that a person should know while it waits. */
  readonly onNote: (line: string) => void;
}

async function waitUntilReady(runtime: Runtime, kubectl: Kubectl, model: StackModel, { onReady, onNote }: Waiting): Promise<number> {
  const started = performance.now();
  const done = new Set<string>();
  let told = false;
  for (;;) {
    const objects = await kubectl.items<ClusterObject>([RUNNERS, "--selector", stackSelector(model.settings.environment, model.stack)]);
    for (const object of objects) {
      if (done.has(objectKey(object)) || !isReady(object)) continue;
      done.add(objectKey(object));
      onReady(object.metadata.name, performance.now() - started);
    }
    const pending = objects.filter((object) => !isReady(object));
    if (pending.length === 0) return objects.length;
    await requireStartable(runtime, model, pending);
    if (!told && performance.now() - started > PLACE_MS) {
      told = true;
      for (const line of await unplaced(kubectl, model)) onNote(line);
    }
    if (performance.now() - started > READY_DEADLINE_MS)
      throw new UserError(
        [`Not ready after ${READY_DEADLINE_MS / 60_000} min: ${pending.map(objectKey).join(", ")}. See: ./astra status, and kubectl describe.`, ...(await unplaced(kubectl, model))].join("\n"),
      );
    await sleep(POLL_MS);
  }
}

/**
 * Deploys one stack to a cluster and waits until everything in it can take work. Changes nothing where nothing has to.
 * @throws UserError with what failed and its last log lines.
 */
export async function deployToCluster(engine: Engine, model: StackModel, progress: Progress): Promise<void> {
  const kubectl = await openCluster(model.settings);
  const { runs, preview } = await stackChanges(kubectl, model);
  const unchanged = preview.items.length === 0;
  if (!unchanged) {
    await forgetDeployed(model.settings.environment, model.stack);
    await progress.step(`${model.stack}: ${describeCounts(preview.items)}`, async (report) => {
      await engine.deploy(model, report);
    });
  }
  await progress.step(
    `${model.stack} ready`,
    async () =>
      await withRuntime(model.settings, async (runtime) =>
        waitUntilReady(runtime, kubectl, model, {
          onReady: (name, elapsedMs) => {
            if (!unchanged) progress.done(`  ${name} ready`, elapsedMs);
          },
          onNote: (line) => progress.note(`              ${line}`),
        }),
      ),
    (count) => (unchanged ? "unchanged" : `${count} workloads`),
  );
  const version = model.containers[0]?.labels[LABELS.version] ?? "";
  // A Secret holds values, and this is a plain file.
  const manifests = runs.map(({ manifest }) => manifest).filter(({ kind }) => kind !== "Secret");
  await writeDeployed(model.settings.environment, { stack: model.stack, version, containers: [], manifests });
}
