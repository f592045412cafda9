import type { EngineName, StackKey } from "../engine/engine.ts";
import { driftOnDocker, knownStack } from "../drift/find.ts";
import { mendItem } from "../drift/text.ts";
import { STACKS, stackModel, type StackModel } from "../engine/model.ts";
import { stackMembers } from "../engine/plan.ts";
import { environmentContainers } from "../host/containers.ts";
import { containerForms } from "../host/container-forms.ts";
import { dockerOrFail } from "../host/docker.ts";
import { openCluster } from "../kubernetes/kubectl.ts";
import { stackChanges } from "../kubernetes/stack-changes.ts";
import { UserError } from "../host/user-error.ts";
import type { HostFacts } from "../platform/host-facts.ts";
import type { ImageReferences } from "../platform/images.ts";
import { previewOnMachine } from "../preview/from-machine.ts";
import { previewOfPulumi } from "../preview/from-pulumi.ts";
import type { Preview } from "../preview/preview.ts";
import { pickColour } from "./pick-colour.ts";
import type { Session } from "./session.ts";

export interface PreviewRequest {
  readonly session: Session;
  readonly engine: EngineName;
  readonly facts: HostFacts;
  readonly images: ImageReferences;
}

export interface StackPreview {
  readonly stack: StackKey;
  readonly preview: Preview;
  /** What a person should know of it beside its changes. */
  readonly notes: readonly string[];
}

async function onMachine(model: StackModel): Promise<Preview> {
  const containers = stackMembers(await environmentContainers(model.settings.environment), model.stack);
  const forms = await containerForms(containers.map((container) => container.name));
  const volumes = await dockerOrFail(["volume", "ls", "--format", "{{.Name}}"]);
  return previewOnMachine(model, { containers, forms, volumes: volumes.split("\n") });
}

async function onCluster(model: StackModel): Promise<Preview> {
  return (await stackChanges(await openCluster(model.settings), model)).preview;
}

async function byPulumi(model: StackModel): Promise<Omit<StackPreview, "stack">> {
  const { pulumiPreview } = await import("../engine/pulumi.ts");
  const text = await pulumiPreview(model);
  if (text !== undefined) return { preview: previewOfPulumi(model.stack, text), notes: [] };
  const note = `${model.stack}: Pulumi has no stack ${model.stackName} yet, so this is told from the model; its secret files, and of the foundation network and secrets, come on top.`;
  return { preview: model.settings.target === "kubernetes" ? await onCluster(model) : await onMachine(model), notes: [note] };
}

/** Why `up` would not deploy this colour now; none where it would. */
async function refusal({ session, facts, images }: PreviewRequest, stack: StackKey): Promise<readonly string[]> {
  if (stack === "foundation") return [];
  try {
    await pickColour(session, facts, images, stack);
    return [];
  } catch (error) {
    if (error instanceof UserError) return [`./astra up would not do this: ${error.message}`];
    throw error;
  }
}

/** Stacks that `./astra up` would bring up: the foundation, and the colour that it would choose. */
export async function stacksOfUp({ session, facts, images }: PreviewRequest): Promise<readonly StackKey[]> {
  return ["foundation", await pickColour(session, facts, images, undefined)];
}

/** What deploying one stack would change, as its engine says; changes nothing. */
export async function previewStack(request: PreviewRequest, stack: StackKey): Promise<StackPreview> {
  const model = stackModel(request.session.config.targets[stack], request.facts, request.images);
  const { preview, notes } =
    request.engine === "pulumi"
      ? await byPulumi(model)
      : { preview: request.engine === "kubectl" ? await onCluster(model) : await onMachine(model), notes: [] };
  return { stack, preview, notes: [...notes, ...(preview.items.length > 0 ? await refusal(request, stack) : [])] };
}

/** What `up` would mend of the stacks that stand, besides what is told of them already. */
export async function previewOfMends({ session, engine, facts, images }: PreviewRequest, told: readonly StackPreview[]): Promise<readonly StackPreview[]> {
  if (session.config.targets.foundation.settings.target === "kubernetes") return [];
  const standing = STACKS.filter((stack) => engine === "pulumi" || session.record?.stacks[stack] !== undefined);
  const known = await Promise.all(standing.map(async (stack) => await knownStack(engine, stackModel(session.config.targets[stack], facts, images))));
  const drifts = await driftOnDocker(known.flatMap((one) => one ?? []));
  const names = new Set(told.flatMap(({ preview }) => preview.items.map(({ name }) => name)));
  return drifts.flatMap(({ target, items }) => {
    const rest = items.filter(({ name }) => !names.has(name)).map(mendItem);
    return rest.length === 0 ? [] : [{ stack: target.stack, preview: { items: rest, unchanged: 0 }, notes: [] }];
  });
}
