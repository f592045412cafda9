import { specHash, type ContainerSpec } from "../platform/container.ts";
import { LABELS } from "../platform/labels.ts";
import type { Numbers } from "./numbers.ts";

/** The same container under another number: what `containerSpec` would make of it. */
function instance(first: ContainerSpec, n: number): ContainerSpec {
  const name = first.name.replace(/-\d+$/, `-${n}`);
  const environment = "ASTRA_INSTANCE" in first.environment ? { ...first.environment, ASTRA_INSTANCE: name } : first.environment;
  const labels = Object.fromEntries(Object.entries(first.labels).filter(([label]) => label !== LABELS.spec));
  const spec = { ...first, name, environment, labels };
  return { ...spec, labels: { ...labels, [LABELS.spec]: specHash(spec) } };
}

/**
 * The containers of a stack with other numbers of instances: made from those that stand, whatever the program declares
 * by now. A service that has none stays without: there is nothing to make it from.
 */
export function scaledContainers(containers: readonly ContainerSpec[], numbers: Numbers): readonly ContainerSpec[] {
  const done = new Set<string>();
  return containers.flatMap((spec) => {
    const number = numbers[spec.workload];
    if (number === undefined) return [spec];
    if (done.has(spec.workload)) return [];
    done.add(spec.workload);
    return Array.from({ length: number }, (_, index) => instance(spec, index + 1));
  });
}

/** How many of each of these services a stack has. */
export function instancesOf(containers: readonly Pick<ContainerSpec, "workload">[], services: readonly string[]): Numbers {
  return Object.fromEntries(services.map((service) => [service, containers.filter((spec) => spec.workload === service).length]));
}
