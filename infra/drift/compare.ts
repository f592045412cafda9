import type { Container } from "../host/containers.ts";
import type { RealContainer } from "../host/container-forms.ts";
import { LABELS } from "../platform/labels.ts";
import { SECRETS_WRITER } from "../platform/names.ts";
import { changedFields } from "../preview/field-changes.ts";
import type { DeployedContainer, DeployedStack } from "./deployed.ts";
import type { DriftField, DriftItem } from "./drift.ts";

/** What there is on the machine, as far as a stack is concerned. */
export interface MachineFacts {
  readonly environment: string;
  /** Every container of the environment, and whatever else has one of the stack's names. */
  readonly containers: readonly Container[];
  /** The same as they really are, by name. */
  readonly real: ReadonlyMap<string, RealContainer>;
  /** Names of the machine's volumes and networks. */
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  /** By reference: the image that it names now. */
  readonly imageIds: ReadonlyMap<string, string>;
}

/** What `docker update` and `docker network` change on a container that runs on. */
export function changesInPlace(field: string): boolean {
  return ["memory", "swap", "cpus", "cpu shares", "restart"].includes(field) || field.startsWith("network ");
}

function fieldsOf(expected: DeployedContainer, found: RealContainer): readonly DriftField[] {
  const fields = changedFields(expected.form, found.form).map(({ field, from, to }) => ({
    field,
    ...(from === undefined ? {} : { expected: from }),
    ...(to === undefined ? {} : { found: to }),
  }));
  const [wanted, actual] = [expected.form.labels[LABELS.spec], found.form.labels[LABELS.spec]];
  // What no field says, as which secret files it gets.
  if (fields.length === 0 && wanted !== actual) return [{ field: "declaration", expected: wanted ?? "(none)", found: actual ?? "(none)" }];
  return fields;
}

/** Not running where it shall run, or a job that ended badly. */
function stoppedOf({ oneShot }: DeployedContainer, { state, exitCode }: Container): Pick<DriftItem, "problem" | "fields" | "mend"> | undefined {
  if (oneShot) {
    // One that runs has been started again by somebody, and ends by itself.
    if (state === "running" || (state === "exited" && exitCode === 0)) return undefined;
    return { problem: "stopped", fields: [{ field: "state", expected: "ended with 0", found: `${state} with ${exitCode}` }], mend: "create" };
  }
  if (state === "running") return undefined;
  const fields = [{ field: "state", expected: "running", found: state === "exited" ? `exited with ${exitCode}` : state }];
  return state === "paused" ? { problem: "paused", fields, mend: "unpause" } : { problem: "stopped", fields, mend: "start" };
}

function containerItem(stack: DeployedStack, expected: DeployedContainer, facts: MachineFacts): DriftItem | undefined {
  const { form } = expected;
  const common = { stack: stack.stack, kind: "container" as const, name: form.name, workload: form.workload };
  const container = facts.containers.find((one) => one.name === form.name);
  const real = facts.real.get(form.name);
  if (container === undefined || real === undefined) return { ...common, problem: "missing", fields: [], mend: "create" };
  if (container.environment !== facts.environment)
    return {
      ...common,
      problem: "replaced",
      fields: [{ field: "image", expected: form.image, found: real.form.image }],
      mend: "refused",
      note: `it has none of our labels, so it is left alone. Give its name back: docker rename ${form.name} ${form.name}-other, or docker rm`,
    };
  const fields = fieldsOf(expected, real);
  const stopped = stoppedOf(expected, container);
  const another = expected.id !== undefined && expected.id !== real.id;
  if (another || !fields.every(({ field }) => changesInPlace(field)))
    return { ...common, problem: "replaced", fields, mend: "replace", ...(another && fields.length === 0 ? { note: "it is another container than the one that was deployed" } : {}) };
  if (stopped !== undefined) return { ...common, ...stopped, fields: [...stopped.fields, ...fields] };
  return fields.length === 0 ? undefined : { ...common, problem: "changed", fields, mend: "in place" };
}

/** Tags that are gone or name another image than the containers run, which were made from them. */
function imageItems(stack: DeployedStack, facts: MachineFacts, sound: readonly DeployedContainer[]): readonly DriftItem[] {
  const running = new Map(
    sound.flatMap(({ form }) => {
      const real = facts.real.get(form.name);
      return real === undefined ? [] : [[form.image, real.imageId] as const];
    }),
  );
  return [...running].flatMap(([reference, expected]): readonly DriftItem[] => {
    const found = facts.imageIds.get(reference);
    if (found === expected) return [];
    const fields = [{ field: "id", expected, ...(found === undefined ? {} : { found }) }];
    return [{ stack: stack.stack, kind: "image", name: reference, workload: "", problem: found === undefined ? "missing" : "changed", fields, mend: "in place" }];
  });
}

/** What of a stack is not as it was deployed. Pure: it is told what there is. */
export function compareStack(stack: DeployedStack, facts: MachineFacts): readonly DriftItem[] {
  const names = new Set(stack.containers.map(({ form }) => form.name));
  const containers = stack.containers.flatMap((expected) => containerItem(stack, expected, facts) ?? []);
  const other = new Set(containers.filter(({ mend }) => mend === "replace" || mend === "refused" || mend === "create").map(({ name }) => name));
  const foreign = facts.containers.filter(
    (one) => one.environment === facts.environment && (one.colour ?? "foundation") === stack.stack && one.workload !== SECRETS_WRITER && !names.has(one.name),
  );
  const common = { stack: stack.stack, workload: "", problem: "missing" as const, fields: [], mend: "create" as const };
  return [
    ...stack.networks.filter((name) => !facts.networks.includes(name)).map((name) => ({ ...common, kind: "network" as const, name })),
    ...stack.volumes
      .filter((name) => !facts.volumes.includes(name))
      .map((name) => ({ ...common, kind: "volume" as const, name, note: "what was in it is gone: `up` makes an empty one, and `./astra restore` brings data back from a backup" })),
    ...containers,
    ...foreign.map((one) => ({
      stack: stack.stack,
      kind: "container" as const,
      name: one.name,
      workload: one.workload,
      problem: "foreign" as const,
      fields: [{ field: "image", found: one.image }],
      mend: "remove" as const,
      note: "it carries the labels of this environment, and nobody deployed it",
    })),
    ...imageItems(stack, facts, stack.containers.filter(({ form }) => !other.has(form.name))),
  ];
}
