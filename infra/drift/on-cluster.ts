import type { StackKey, StackTarget } from "../engine/engine.ts";
import { dryRun } from "../kubernetes/dry-run.ts";
import { openCluster, type Kubectl } from "../kubernetes/kubectl.ts";
import type { Manifest } from "../kubernetes/manifest.ts";
import { objectKey, stackObjects } from "../kubernetes/stack-objects.ts";
import { previewOfCluster } from "../preview/from-cluster.ts";
import type { Preview } from "../preview/preview.ts";
import { readDeployed } from "./deployed.ts";
import type { DriftItem, DriftMend, DriftProblem } from "./drift.ts";

const PROBLEMS = {
  create: { problem: "missing", mend: "create" },
  update: { problem: "changed", mend: "in place" },
  replace: { problem: "changed", mend: "replace" },
  delete: { problem: "foreign", mend: "remove" },
} as const satisfies Record<string, { readonly problem: DriftProblem; readonly mend: DriftMend }>;

/** What applying the deployed objects once more would change is what has changed since. */
export function driftOfPreview(stack: StackKey, preview: Preview): readonly DriftItem[] {
  return preview.items.map(({ name, workload, change, fields }) => ({
    stack,
    kind: "object",
    name,
    workload,
    ...PROBLEMS[change],
    // A preview leads from what is to what shall be.
    fields: fields.map(({ field, from, to }) => ({ field, ...(to === undefined ? {} : { expected: to }), ...(from === undefined ? {} : { found: from }) })),
  }));
}

export interface ClusterDrift {
  readonly items: readonly DriftItem[];
  readonly notes: readonly string[];
  readonly stacks: readonly StackKey[];
  readonly isUnknown: boolean;
}

/** What of one stack is not as it was written down. */
export async function driftOfCluster(kubectl: Kubectl, { stack, settings }: StackTarget, manifests: readonly Manifest[]): Promise<readonly DriftItem[]> {
  const wanted = new Set(manifests.map(objectKey));
  const there = await stackObjects(kubectl, settings.environment, stack);
  const surplus = there.filter((object) => !wanted.has(objectKey(object)));
  return driftOfPreview(stack, previewOfCluster(stack, await dryRun(kubectl, manifests), surplus));
}

/**
 * What of these stacks is not as it was deployed, by a dry run of the cluster with the objects that were written down.
 * @throws UserError when the cluster does not answer.
 */
export async function driftOnCluster(targets: readonly StackTarget[]): Promise<ClusterDrift> {
  const items: DriftItem[] = [];
  const notes: string[] = [];
  const stacks: StackKey[] = [];
  for (const target of targets) {
    const { stack, settings } = target;
    const kubectl = await openCluster(settings);
    const record = await readDeployed(settings.environment, stack);
    if (record?.manifests !== undefined) {
      stacks.push(stack);
      items.push(...(await driftOfCluster(kubectl, target, record.manifests)));
    } else if ((await stackObjects(kubectl, settings.environment, stack)).length > 0)
      notes.push(`${stack}: its last deployment did not end, or was made by plain Pulumi or an older ./astra; ./astra up writes down what it deploys.`);
  }
  return { items, notes, stacks, isUnknown: notes.length > 0 };
}
