import type { Container } from "../host/containers.ts";
import type { ContainerSpec } from "../platform/container.ts";
import { LABELS } from "../platform/labels.ts";
import { SECRETS_WRITER } from "../platform/names.ts";

export type Change = "create" | "replace" | "start" | "keep";

/** What a deployment of one stack has to do. */
export interface StackPlan {
  readonly changes: Readonly<Record<string, Change>>;
  /** Names of containers that the stack has and shall not have. */
  readonly surplus: readonly string[];
  readonly unchanged: boolean;
}

function change(spec: ContainerSpec, container: Container | undefined): Change {
  if (container === undefined) return "create";
  if (container.spec !== spec.labels[LABELS.spec]) return "replace";
  if (spec.oneShot) return container.state === "exited" && container.exitCode === 0 ? "keep" : "start";
  return container.state === "running" ? "keep" : "start";
}

/** Compares what shall run with what is there, by the hash of the normal form that each container carries. */
export function planStack(expected: readonly ContainerSpec[], actual: readonly Container[]): StackPlan {
  const there = new Map(actual.map((container) => [container.name, container]));
  const changes = Object.fromEntries(expected.map((spec) => [spec.name, change(spec, there.get(spec.name))]));
  const wanted = new Set(expected.map((spec) => spec.name));
  const surplus = actual.map((container) => container.name).filter((name) => !wanted.has(name));
  return {
    changes,
    surplus,
    unchanged: surplus.length === 0 && Object.values(changes).every((kind) => kind === "keep"),
  };
}

/** `2 created, 1 replaced`: what a plan does, for one line. */
export function describePlan(plan: StackPlan): string {
  const words: readonly [Change, string][] = [
    ["create", "to create"],
    ["replace", "to replace"],
    ["start", "to start"],
  ];
  const parts = words.flatMap(([kind, word]) => {
    const count = Object.values(plan.changes).filter((other) => other === kind).length;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  if (plan.surplus.length > 0) parts.push(`${plan.surplus.length} to remove`);
  return parts.length > 0 ? parts.join(", ") : "unchanged";
}

/** Containers of one stack among those of its environment. The one that only writes Pulumi's secret files is no workload. */
export function stackMembers(containers: readonly Container[], stack: "foundation" | "blue" | "green"): readonly Container[] {
  return containers.filter(
    (container) => (container.colour ?? "foundation") === stack && container.workload !== SECRETS_WRITER,
  );
}
