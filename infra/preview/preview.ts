import type { ContainerForm } from "../platform/container-form.ts";
import { CONFIGURE } from "../platform/jobs.ts";
import { isDataVolume } from "../platform/names.ts";
import type { FieldChange } from "./field-changes.ts";

/** `replace`: it goes, and another one of its name comes. */
export type PreviewChange = "create" | "update" | "replace" | "delete";
export const CHANGES: readonly PreviewChange[] = ["create", "update", "replace", "delete"];

export type ItemKind = "container" | "volume" | "network" | "secret" | "object";

/** One thing that a deployment would change. */
export interface PreviewItem {
  /** Stack that it belongs to, or file that it stands in. */
  readonly stack: string;
  readonly kind: ItemKind;
  readonly name: string;
  /** Of a container; empty for everything else. */
  readonly workload: string;
  readonly change: PreviewChange;
  /** Data lies in it, or is reached through it alone. */
  readonly keepsData: boolean;
  readonly fields: readonly FieldChange[];
  /** It is changed in place, and is away for a moment while that happens. @default false */
  readonly interrupts?: boolean;
  /** What the fields do not say. */
  readonly note?: string;
}

/** What a deployment would do. */
export interface Preview {
  readonly items: readonly PreviewItem[];
  /** Things that stay as they are. */
  readonly unchanged: number;
}

/** Number of items by what happens to them. */
export function counts(items: readonly PreviewItem[]): Readonly<Record<PreviewChange, number>> {
  const count = (change: PreviewChange): number => items.filter((item) => item.change === change).length;
  return { create: count("create"), update: count("update"), replace: count("replace"), delete: count("delete") };
}

/** `2 to create, 1 to replace`, or `no changes`. */
export function describeCounts(items: readonly PreviewItem[]): string {
  const all = counts(items);
  return CHANGES.flatMap((change) => (all[change] > 0 ? [`${all[change]} to ${change}`] : [])).join(", ") || "no changes";
}

/** A store: data lies on a volume of its own. */
export function keepsData(form: ContainerForm): boolean {
  return form.mounts.some((mount) => mount.type === "volume" && isDataVolume(mount.volume));
}

/** What a change of this container means where its fields do not say it; undefined where they do. */
export function meaningOf(workload: string, change: PreviewChange): string | undefined {
  if (workload !== CONFIGURE || change === "delete" || change === "create") return undefined;
  return "the edge, Prometheus, Alertmanager and Grafana take the new configuration over as they run: nothing restarts, no request is dropped";
}

/** Every request comes through it, and there is one. */
const ENTRY = "edge";

/** Those that a person has to see first: data, or the way to it or to everything, goes or is interrupted. */
export function critical(items: readonly PreviewItem[]): readonly PreviewItem[] {
  return items.filter(
    (item) => item.interrupts === true || ((item.keepsData || item.workload === ENTRY) && (item.change === "replace" || item.change === "delete")),
  );
}

/** Several previews as one. */
export function joined(previews: readonly Preview[]): Preview {
  return {
    items: previews.flatMap((preview) => preview.items),
    unchanged: previews.reduce((sum, preview) => sum + preview.unchanged, 0),
  };
}
