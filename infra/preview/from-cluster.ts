import type { StackKey } from "../engine/engine.ts";
import type { DryRun } from "../kubernetes/dry-run.ts";
import type { ClusterObject } from "../kubernetes/stack-objects.ts";
import { differences, lastingName, objectItem } from "./object-changes.ts";
import type { Preview, PreviewItem } from "./preview.ts";

/** What the cluster writes for itself. */
const ITS_OWN = new Set(["resourceVersion", "uid", "generation", "creationTimestamp", "managedFields", "selfLink"]);

/** What of an object is ours to compare. */
export function comparable(object: ClusterObject): unknown {
  const own = Object.entries(object).filter(([key]) => key !== "status");
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([key]) => !ITS_OWN.has(key)));
  return { ...Object.fromEntries(own), metadata };
}

/** What applying a stack would do to a cluster, by its own word; `surplus` is what it has and the stack does not. */
export function previewOfCluster(stack: StackKey, runs: readonly DryRun[], surplus: readonly ClusterObject[]): Preview {
  const gone = new Map(surplus.map((object) => [lastingName(object), object]));
  const items = runs.flatMap(({ manifest, live, after, immutable }): PreviewItem[] => {
    if (live === undefined) {
      // A job of another content has another name: it takes the place of the one before.
      const before = gone.get(lastingName(manifest));
      if (before === undefined) return [objectItem(stack, manifest, "create", [])];
      gone.delete(lastingName(manifest));
      return [objectItem(stack, manifest, "replace", after === undefined ? [] : differences(pod(before), pod(after)))];
    }
    if (immutable !== undefined) return [objectItem(stack, manifest, "replace", [{ field: `cannot be changed in place: ${immutable}` }])];
    const fields = after === undefined ? [] : differences(comparable(live), comparable(after));
    return fields.length === 0 ? [] : [objectItem(stack, manifest, "update", fields)];
  });
  const removed = [...gone.values()].map((object) => objectItem(stack, object, "delete", []));
  return { items: [...items, ...removed], unchanged: runs.length - items.length };
}

/** What a job runs; the rest of it is the cluster's own. */
function pod(object: ClusterObject): unknown {
  const template = object.spec?.["template"] as { readonly spec?: unknown } | undefined;
  return { spec: { template: { spec: template?.spec } } };
}
