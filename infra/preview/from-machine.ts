import type { StackModel } from "../engine/model.ts";
import { planStack } from "../engine/plan.ts";
import type { Container } from "../host/containers.ts";
import { formOf, type ContainerForm } from "../platform/container-form.ts";
import { isDataVolume } from "../platform/names.ts";
import { changedFields } from "./field-changes.ts";
import { keepsData, meaningOf, type Preview, type PreviewItem } from "./preview.ts";

/** What there is of a stack. */
export interface Machine {
  /** Its containers. */
  readonly containers: readonly Container[];
  /** The same, field by field. */
  readonly forms: readonly ContainerForm[];
  /** Names of the environment's volumes. */
  readonly volumes: readonly string[];
}

const UNSEEN = "differs in what the engine does not tell: names of its secret files, or order of start";

/** What bringing a stack to its model would do to this machine, for an engine that replaces whatever differs. */
export function previewOnMachine(model: StackModel, machine: Machine): Preview {
  const plan = planStack(model.containers, machine.containers);
  const forms = new Map(machine.forms.map((form) => [form.name, form]));
  const containers = model.containers.flatMap((spec): PreviewItem[] => {
    const wanted = formOf(spec);
    const common = { stack: model.stack, kind: "container" as const, name: spec.name, workload: spec.workload, keepsData: keepsData(wanted) };
    const there = forms.get(spec.name);
    switch (plan.changes[spec.name] ?? "keep") {
      case "keep":
        return [];
      case "create":
        return [{ ...common, change: "create", fields: [] }];
      case "start": {
        const state = machine.containers.find((container) => container.name === spec.name)?.state ?? "gone";
        return [{ ...common, change: "update", fields: [{ field: "state", from: state, to: spec.oneShot ? "run again" : "running" }] }];
      }
      case "replace": {
        const fields = there === undefined ? [] : changedFields(there, wanted);
        const note = fields.length === 0 ? UNSEEN : meaningOf(spec.workload, "replace");
        return [{ ...common, change: "replace", fields, ...(note === undefined ? {} : { note }) }];
      }
    }
  });
  const surplus = machine.containers.filter((container) => plan.surplus.includes(container.name));
  const wantedVolumes = new Set(model.containers.flatMap((spec) => spec.mounts.flatMap((m) => (m.type === "volume" ? [m.volume] : []))));
  const missing = [...wantedVolumes].filter((name) => !machine.volumes.includes(name));
  const items: readonly PreviewItem[] = [
    ...missing.map((name) => ({ stack: model.stack, kind: "volume" as const, name, workload: "", change: "create" as const, keepsData: isDataVolume(name), fields: [] })),
    ...containers,
    ...surplus.map((container) => {
      const form = forms.get(container.name);
      return {
        stack: model.stack,
        kind: "container" as const,
        name: container.name,
        workload: container.workload,
        change: "delete" as const,
        keepsData: form !== undefined && keepsData(form),
        fields: [],
      };
    }),
  ];
  return { items, unchanged: model.containers.length - containers.length };
}
