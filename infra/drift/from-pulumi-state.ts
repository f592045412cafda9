import { fromDockerInputs } from "../docker/from-inputs.ts";
import type { StackKey } from "../engine/engine.ts";
import { formOf } from "../platform/container-form.ts";
import { LABELS } from "../platform/labels.ts";
import { SECRETS_WRITER } from "../platform/names.ts";
import { secretFilesOf, volumesOfForms, type DeployedStack, type DeploymentRecord } from "./deployed.ts";

/** The parts of `pulumi stack export` that we read. */
interface PulumiStateFile {
  readonly deployment?: { readonly resources?: readonly StateResource[] };
}

interface StateResource {
  readonly type: string;
  readonly id?: string;
  readonly delete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

function named(resources: readonly StateResource[], type: string): readonly string[] {
  return resources.flatMap((resource) => (resource.type === type && typeof resource.inputs?.["name"] === "string" ? [resource.inputs["name"]] : []));
}

/**
 * What Pulumi has deployed by its state, also by plain `pulumi up`; undefined where it has no container. The container
 * that only writes secret files is left out: it has ended, and is made again when it is needed.
 */
export function deployedByPulumi(stack: StackKey, state: unknown): DeployedStack | undefined {
  const resources = ((state as PulumiStateFile | undefined)?.deployment?.resources ?? []).filter((resource) => resource.delete !== true);
  const containers = resources.flatMap(({ type, id, inputs }) => {
    if (type !== "docker:index/container:Container" || inputs === undefined) return [];
    const form = fromDockerInputs(inputs);
    if (form.workload === SECRETS_WRITER) return [];
    return [{ form, oneShot: inputs["mustRun"] === false, secretFiles: undefined, ...(id === undefined ? {} : { id }) }];
  });
  const [first] = containers;
  if (first === undefined) return undefined;
  const forms = containers.map((container) => container.form);
  return {
    stack,
    version: first.form.labels[LABELS.version] ?? "",
    containers,
    volumes: [...new Set([...named(resources, "docker:index/volume:Volume"), ...volumesOfForms(forms)])],
    networks: [...new Set([...named(resources, "docker:index/network:Network"), ...forms.flatMap((form) => form.networks.map((network) => network.name))])],
  };
}

/**
 * What the state says, corrected by what was written down of the same declaration: a plain `pulumi refresh` takes what
 * was done by hand into the state, and would hide it.
 */
export function withRecord(deployed: DeployedStack, record: Pick<DeploymentRecord, "containers"> | undefined): DeployedStack {
  const written = new Map(record?.containers.map((spec) => [spec.labels[LABELS.spec], spec]));
  return {
    ...deployed,
    containers: deployed.containers.map((container) => {
      const spec = written.get(container.form.labels[LABELS.spec] ?? "");
      if (spec === undefined) return container;
      // Labels of attempts are Pulumi's own.
      return { ...container, form: { ...formOf(spec), labels: container.form.labels }, secretFiles: secretFilesOf(spec) };
    }),
  };
}
