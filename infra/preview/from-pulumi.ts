import { fromDockerInputs, UNKNOWN } from "../docker/from-inputs.ts";
import type { StackKey } from "../engine/engine.ts";
import { isDataVolume } from "../platform/names.ts";
import { changedFields, type FieldChange } from "./field-changes.ts";
import { keepsData, meaningOf, type ItemKind, type Preview, type PreviewChange, type PreviewItem } from "./preview.ts";

/** The parts of `pulumi preview --json` that we read. */
export interface PulumiPreview {
  readonly steps?: readonly PulumiStep[];
}

interface PulumiStep {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: PulumiState;
  readonly newState?: PulumiState;
  readonly diffReasons?: readonly string[] | null;
  readonly replaceReasons?: readonly string[] | null;
}

interface PulumiState {
  readonly type: string;
  readonly custom?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly retainOnDelete?: boolean;
}

const KINDS: Readonly<Record<string, ItemKind>> = {
  "docker:index/container:Container": "container",
  "docker:index/volume:Volume": "volume",
  "docker:index/network:Network": "network",
  "random:index/randomPassword:RandomPassword": "secret",
};

/** What Pulumi prints for a value that it will know only after the deployment. */
const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What all steps of one resource come to: a replacement is told as up to three. */
function changeOf(ops: readonly string[]): PreviewChange | undefined {
  if (ops.some((op) => op.includes("replace"))) return "replace";
  if (ops.includes("create") || ops.includes("import")) return "create";
  if (ops.includes("update")) return "update";
  return ops.includes("delete") ? "delete" : undefined;
}

function nameOf(urn: string, state: PulumiState): string {
  const name = state.inputs?.["name"];
  return typeof name === "string" ? name : (urn.split("::").at(-1) ?? urn);
}

function fieldsOfStep(kind: ItemKind, before: PulumiState | undefined, after: PulumiState | undefined, reasons: readonly string[]): readonly FieldChange[] {
  if (before?.inputs === undefined || after?.inputs === undefined) return [];
  const fields = kind === "container" ? changedFields(fromDockerInputs(before.inputs), fromDockerInputs(after.inputs)) : [];
  // What the form does not hold is at least named.
  return fields.length > 0 ? fields : reasons.map((field) => ({ field }));
}

function itemOf(stack: StackKey, urn: string, steps: readonly PulumiStep[]): PreviewItem | undefined {
  const before = steps.find((step) => step.oldState !== undefined)?.oldState;
  const after = steps.find((step) => step.newState !== undefined && step.op !== "delete-replaced")?.newState;
  const state = after ?? before;
  const change = changeOf(steps.map((step) => step.op));
  if (state === undefined || change === undefined) return undefined;
  const kind = KINDS[state.type] ?? "object";
  const name = nameOf(urn, state);
  const form = kind === "container" && state.inputs ? fromDockerInputs(state.inputs) : undefined;
  const isData = (kind === "volume" && isDataVolume(name)) || (form !== undefined && form.workload !== "secrets" && keepsData(form));
  const reasons = [...new Set(steps.flatMap((step) => [...(step.replaceReasons ?? []), ...(step.diffReasons ?? [])]))];
  const stays = kind === "volume" && change === "delete" && before?.retainOnDelete === true;
  const note = stays ? "Pulumi forgets it; the volume and its data stay on the machine" : meaningOf(form?.workload ?? "", change);
  return {
    stack,
    kind,
    name,
    workload: form?.workload ?? "",
    change,
    keepsData: isData,
    fields: fieldsOfStep(kind, before, after, reasons),
    ...(note === undefined ? {} : { note }),
  };
}

/** Components and the stack itself are made of the others. */
function isReal({ oldState, newState }: PulumiStep): boolean {
  const state = newState ?? oldState;
  return state !== undefined && state.custom !== false && !/^(astratrade|pulumi):/.test(state.type);
}

/** What `pulumi preview --json` says, in our words. */
export function previewOfPulumi(stack: StackKey, text: string): Preview {
  const { steps = [] } = JSON.parse(text.replaceAll(UNKNOWN_VALUE, UNKNOWN)) as PulumiPreview;
  const byUrn = new Map<string, PulumiStep[]>();
  for (const step of steps.filter(isReal)) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  const items = [...byUrn].flatMap(([urn, own]) => itemOf(stack, urn, own.filter((step) => step.op !== "refresh")) ?? []);
  return { items, unchanged: byUrn.size - items.length };
}
