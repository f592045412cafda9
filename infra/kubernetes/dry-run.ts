import { UserError } from "../host/user-error.ts";
import type { RunResult } from "../host/run.ts";
import type { Kubectl } from "./kubectl.ts";
import type { Manifest } from "./manifest.ts";
import { templatesAsNew, withoutAdditions, type PodTemplateObject } from "./as-new.ts";
import { objectKey, objectsOf, type ClusterObject } from "./stack-objects.ts";
import { manifestsYaml } from "./yaml.ts";

/** Who fields belong to that `./astra` sets. */
export const FIELD_MANAGER = "astra";
const APPLY_MS = 120_000;
/** Each is a process. */
const PARALLEL = 4;

/** One object as it shall be, and what the cluster makes of that. */
export interface DryRun {
  readonly manifest: Manifest;
  /** As it is; absent: there is none. */
  readonly live?: ClusterObject;
  /** As it would be, with the cluster's defaults. */
  readonly after?: ClusterObject;
  /** Template of its pods, where somebody else has added to it, which an apply leaves: it has to be set as a whole. */
  readonly pods?: PodTemplateObject;
  /** What cannot be changed in place, in the cluster's words: it would have to be made anew. */
  readonly immutable?: string;
}

/** Flags of a server-side apply: fields of ours are set, whoever set them before; those of others stay. */
export const APPLY: readonly string[] = ["apply", "--server-side", "--force-conflicts", `--field-manager=${FIELD_MANAGER}`, "--filename", "-"];

async function ask(kubectl: Kubectl, manifests: readonly Manifest[]): Promise<RunResult> {
  const args = [...APPLY, "--dry-run=server", "--output", "json"];
  return await kubectl.run(args, { input: manifestsYaml(manifests, []), deadlineMs: APPLY_MS });
}

/** The cluster refuses since a field can be set only once. */
export function isImmutable(complaint: string): boolean {
  return /field is immutable|updates to \w+ spec for fields other than|may not change once set/i.test(complaint);
}

async function oneByOne(kubectl: Kubectl, manifests: readonly Manifest[]): Promise<ReadonlyMap<string, Pick<DryRun, "after" | "immutable">>> {
  const answers = new Map<string, Pick<DryRun, "after" | "immutable">>();
  const rest = [...manifests];
  const worker = async (): Promise<void> => {
    for (let manifest = rest.shift(); manifest !== undefined; manifest = rest.shift()) {
      const { code, stdout, stderr } = await ask(kubectl, [manifest]);
      const [after] = code === 0 ? objectsOf(stdout) : [];
      const complaint = stderr.trim().split("\n").at(-1) ?? "";
      if (after === undefined && !isImmutable(complaint)) throw new UserError(`The cluster does not take ${objectKey(manifest)}: ${complaint}`);
      answers.set(objectKey(manifest), after === undefined ? { immutable: complaint } : { after });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return answers;
}

/**
 * Asks the cluster what it would make of these objects; changes nothing.
 * @throws UserError when it refuses one for another reason than that a field cannot be changed.
 */
export async function dryRun(kubectl: Kubectl, manifests: readonly Manifest[]): Promise<readonly DryRun[]> {
  const there = await kubectl.items<ClusterObject>(["--filename", "-"], { input: manifestsYaml(manifests, []) });
  const live = new Map(there.map((object) => [objectKey(object), object]));
  const space = await kubectl.run(["get", "namespace", kubectl.namespace]);
  // Nothing can be asked of a namespace that is not there yet, and all that goes into it is new.
  if (space.code !== 0) return manifests.map((manifest) => ({ manifest }));
  const [whole, asNew] = await Promise.all([
    ask(kubectl, manifests),
    templatesAsNew(kubectl, manifests.filter((manifest) => live.has(objectKey(manifest)))),
  ]);
  const answers =
    whole.code === 0
      ? new Map(objectsOf(whole.stdout).map((after) => [objectKey(after), { after }]))
      : await oneByOne(kubectl, manifests);
  return manifests.map((manifest) => {
    const key = objectKey(manifest);
    const before = live.get(key);
    const answer = answers.get(key);
    const run = { manifest, ...(before === undefined ? {} : { live: before }), ...answer };
    if (answer?.after === undefined) return run;
    const pods = withoutAdditions(answer.after, asNew.get(key));
    return pods === undefined ? run : { ...run, pods, after: { ...answer.after, spec: { ...answer.after.spec, template: pods } } };
  });
}
