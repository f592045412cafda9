import { chooseColour, type ColourState } from "../engine/choose-colour.ts";
import { stackModel } from "../engine/model.ts";
import { planStack, stackMembers } from "../engine/plan.ts";
import { colourWeight, currentTraffic, presentWeights, type Weights } from "../engine/traffic.ts";
import { environmentContainers, type Container } from "../host/containers.ts";
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

function colourState(
  colour: Colour,
  session: Session,
  facts: HostFacts,
  images: ImageReferences,
  containers: readonly Container[],
  weights: Weights | undefined,
): ColourState {
  const members = stackMembers(containers, colour);
  const model = stackModel(session.config.targets[colour], facts, images);
  const needed = model.workloads.filter((workload) => workload.kind !== "job" && workload.replicas > 0);
  const plan = planStack(model.containers, members);
  return {
    present: members.length > 0,
    complete: isComplete(members, needed.map((workload) => workload.name)),
    current: plan.surplus.length === 0 && Object.values(plan.changes).every((kind) => kind === "keep" || kind === "start"),
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
  const containers = await environmentContainers(session.environment);
  const table = await currentTraffic(session.config.targets.foundation.settings);
  const weights = table && presentWeights(table, containers);
  const state = (colour: Colour): ColourState => colourState(colour, session, facts, images, containers, weights);
  return chooseColour({ blue: state("blue"), green: state("green") }, wanted);
}
