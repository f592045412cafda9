import { isDeepStrictEqual } from "node:util";
import { LABELS } from "../platform/labels.ts";
import type { FieldChange } from "./field-changes.ts";
import type { PreviewChange, PreviewItem } from "./preview.ts";

/** A Kubernetes object, as far as a comparison has to know it. */
export interface KubernetesObject {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

/** Paths of an object at which two of them differ. */
export function differences(before: unknown, after: unknown, path = ""): readonly FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (typeof before === "object" && typeof after === "object" && before !== null && after !== null) {
    const [old, next] = [before as Record<string, unknown>, after as Record<string, unknown>];
    return [...new Set([...Object.keys(old), ...Object.keys(next)])].flatMap((key) => differences(old[key], next[key], path === "" ? key : `${path}.${key}`));
  }
  return [{ field: path, ...(before === undefined ? {} : { from: shown(before) }), ...(after === undefined ? {} : { to: shown(after) }) }];
}

/**
 * Name that an object keeps from one release to the next. A job's pod never changes: what has changed is a job of
 * another name, which ends in the hash of its pod, and for a person that is the same job, replaced.
 */
export function lastingName({ kind = "?", metadata }: KubernetesObject): string {
  const name = metadata?.name ?? "?";
  return `${kind} ${kind === "Job" ? name.replace(/-[0-9a-f]{10}$/, "") : name}`;
}

/** Objects without which a workload is not reached or does not run. */
const CARRIERS = new Set(["Deployment", "StatefulSet", "Service"]);
const STATEFUL = new Set(["StatefulSet", "PersistentVolumeClaim"]);

/** One object's item in a preview. A store has one pod, which a change of its template stops before it starts the next. */
export function objectItem(stack: string, object: KubernetesObject, change: PreviewChange, fields: readonly FieldChange[]): PreviewItem {
  const kind = object.kind ?? "?";
  const interrupts = kind === "StatefulSet" && change === "update" && fields.some(({ field }) => field.startsWith("spec.template"));
  return {
    stack,
    kind: "object",
    name: lastingName(object),
    workload: CARRIERS.has(kind) ? (object.metadata?.labels?.[LABELS.workload] ?? "") : "",
    change,
    keepsData: STATEFUL.has(kind),
    fields: change === "update" || change === "replace" ? fields : [],
    ...(interrupts ? { interrupts } : {}),
  };
}
