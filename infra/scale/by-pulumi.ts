import { stackModel, type StackModel } from "../engine/model.ts";
import type { StackTarget } from "../engine/engine.ts";
import { planStack, stackMembers, type StackPlan } from "../engine/plan.ts";
import { environmentContainers, type Container } from "../host/containers.ts";
import { openCluster } from "../kubernetes/kubectl.ts";
import { stackChanges } from "../kubernetes/stack-changes.ts";
import type { HostFacts } from "../platform/host-facts.ts";
import type { ImageReferences } from "../platform/images.ts";
import type { Numbers } from "./numbers.ts";

/** A plan does nothing but give these services other numbers of instances, or start what has stopped. */
export function onlyScales(
  plan: StackPlan,
  containers: readonly Pick<Container, "name" | "workload">[],
  numbers: Numbers,
): boolean {
  const workloadOf = new Map(containers.map(({ name, workload }) => [name, workload]));
  const touched = [...Object.entries(plan.changes).flatMap(([name, change]) => (change === "create" ? [name] : [])), ...plan.surplus];
  return !Object.values(plan.changes).includes("replace") && touched.every((name) => (workloadOf.get(name) ?? "") in numbers);
}

/**
 * What Pulumi would make of a colour with these numbers; undefined where that is another release than the one that
 * stands: Pulumi can only make what the program declares now.
 */
export async function scaledModel(target: StackTarget, facts: HostFacts, images: ImageReferences, numbers: Numbers): Promise<StackModel | undefined> {
  const model = stackModel(target, facts, images);
  if (target.settings.target === "kubernetes") {
    const { preview } = await stackChanges(await openCluster(target.settings), model);
    return preview.items.every((item) => item.workload in numbers) ? model : undefined;
  }
  const members = stackMembers(await environmentContainers(target.settings.environment), target.stack);
  return onlyScales(planStack(model.containers, members), [...model.containers, ...members], numbers) ? model : undefined;
}
