import { chooseColour, type ColourState } from "../engine/choose-colour.ts";
import { stackModel, type StackModel } from "../engine/model.ts";
import { planStack, stackMembers } from "../engine/plan.ts";
import { currentTraffic, presentWeights } from "../engine/traffic.ts";
import { colourWeight, type Weights } from "../rollout/table-change.ts";
import { withRuntime } from "../engine/runtime.ts";
import type { Container } from "../host/containers.ts";
import { openCluster } from "../kubernetes/kubectl.ts";
import { stackChanges } from "../kubernetes/stack-changes.ts";
import type { HostFacts } from "../platform/host-facts.ts";
import type { ImageReferences } from "../platform/images.ts";
import type { Colour } from "../platform/workload.ts";
import type { Session } from "./session.ts";

/** Workloads of a colour that have to run; the one-shot jobs have ended. */
export function isComplete(containers: readonly Container[], workloads: readonly string[]): boolean {
  return workloads.every((workload) => {
    const own = containers.filter((container) => container.workload === workload);
    return own.length > 0 && own.every((container) => container.state === "running");
  });
}

/** What is there was made from exactly this model; what has only stopped is. */
async function isCurrent(model: StackModel, members: readonly Container[]): Promise<boolean> {
  if (model.settings.target === "kubernetes")
    return members.length > 0 && (await stackChanges(await openCluster(model.settings), model)).preview.items.length === 0;
  const plan = planStack(model.containers, members);
  return plan.surplus.length === 0 && Object.values(plan.changes).every((kind) => kind === "keep" || kind === "start");
}

async function colourState(
  colour: Colour,
  session: Session,
  facts: HostFacts,
  images: ImageReferences,
  containers: readonly Container[],
  weights: Weights | undefined,
): Promise<ColourState> {
  const members = stackMembers(containers, colour);
  const model = stackModel(session.config.targets[colour], facts, images);
  const needed = model.workloads.filter((workload) => workload.kind !== "job" && workload.replicas > 0);
  return {
    present: members.length > 0,
    complete: isComplete(members, needed.map((workload) => workload.name)),
    current: await isCurrent(model, members),
    weight: weights && colourWeight(weights, colour),
  };
}

/** Picks the colour of this deployment from what runs and who takes requests. */
export async function pickColour(
  session: Session,
  facts: HostFacts,
  images: ImageReferences,
  wanted: Colour | undefined,
): Promise<Colour> {
  const { settings } = session.config.targets.foundation;
  const containers = await withRuntime(settings, async (runtime) => await runtime.containers());
  const table = await currentTraffic(settings);
  const weights = table && presentWeights(table, containers);
  const state = async (colour: Colour): Promise<ColourState> => await colourState(colour, session, facts, images, containers, weights);
  return chooseColour({ blue: await state("blue"), green: await state("green") }, wanted);
}
