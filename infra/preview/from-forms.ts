import type { ContainerForm } from "../platform/container-form.ts";
import { changedFields } from "./field-changes.ts";
import { keepsData, type Preview, type PreviewItem } from "./preview.ts";

/** What leads from one set of containers to another, by their names. Both Compose and plain files replace what differs. */
export function compareForms(stack: string, before: readonly ContainerForm[], after: readonly ContainerForm[]): Preview {
  const old = new Map(before.map((form) => [form.name, form]));
  const wanted = new Set(after.map((form) => form.name));
  const item = (form: ContainerForm, rest: Pick<PreviewItem, "change" | "fields">): PreviewItem => ({
    stack,
    kind: "container",
    name: form.name,
    workload: form.workload,
    keepsData: keepsData(form),
    ...rest,
  });
  const items = [
    ...after.flatMap((form) => {
      const there = old.get(form.name);
      if (there === undefined) return [item(form, { change: "create", fields: [] })];
      const fields = changedFields(there, form);
      return fields.length === 0 ? [] : [item(form, { change: "replace", fields })];
    }),
    ...before.filter((form) => !wanted.has(form.name)).map((form) => item(form, { change: "delete", fields: [] })),
  ];
  return { items, unchanged: after.length - items.filter((each) => each.change !== "delete").length };
}
