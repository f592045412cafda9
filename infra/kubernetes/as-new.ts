import { isDeepStrictEqual } from "node:util";
import type { Kubectl } from "./kubectl.ts";
import type { Manifest } from "./manifest.ts";
import { objectKey, objectsOf, type ClusterObject } from "./stack-objects.ts";
import { manifestsYaml } from "./yaml.ts";

/** Kinds to whose pods somebody can add what an apply leaves as it is: `kubectl set env`, `kubectl edit`. */
const WITH_PODS = new Set(["Deployment", "StatefulSet"]);
const ASK_MS = 120_000;
/** Ends the names under which they are asked about. */
const SUFFIX = "-as-new";

/** The template of an object's pods. */
export type PodTemplateObject = Readonly<Record<string, unknown>>;

function templateOf(object: ClusterObject | undefined): PodTemplateObject | undefined {
  return object?.spec?.["template"] as PodTemplateObject | undefined;
}

/** Without annotations: `kubectl rollout restart` leaves one, and that was meant. */
function bare(template: PodTemplateObject): unknown {
  const metadata = Object.entries(template["metadata"] ?? {}).filter(([key]) => key !== "annotations");
  return { ...template, metadata: Object.fromEntries(metadata) };
}

/**
 * Asks the cluster what it would make of these objects if they were new, with its defaults: what they have beyond that,
 * somebody else has added. Changes nothing. Where a person may not create objects there is no answer.
 * @returns The pods' templates, by key of the object.
 */
export async function templatesAsNew(kubectl: Kubectl, manifests: readonly Manifest[]): Promise<ReadonlyMap<string, PodTemplateObject>> {
  const runners = manifests.filter(({ kind }) => WITH_PODS.has(kind));
  if (runners.length === 0) return new Map();
  const renamed = runners.map((manifest) => ({ ...manifest, metadata: { ...manifest.metadata, name: `${manifest.metadata.name}${SUFFIX}` } }));
  const args = ["create", "--dry-run=server", "--output", "json", "--filename", "-"];
  const { code, stdout } = await kubectl.run(args, { input: manifestsYaml(renamed as readonly Manifest[], []), deadlineMs: ASK_MS });
  if (code !== 0) return new Map();
  return new Map(
    objectsOf(stdout).flatMap((object) => {
      const template = templateOf(object);
      return template === undefined ? [] : [[objectKey(object).slice(0, -SUFFIX.length), template] as const];
    }),
  );
}

/**
 * The template that an object's pods shall have, where an apply would leave what somebody else has added to them.
 * Undefined where there is nothing of that kind.
 */
export function withoutAdditions(after: ClusterObject, asNew: PodTemplateObject | undefined): PodTemplateObject | undefined {
  const template = templateOf(after);
  if (template === undefined || asNew === undefined || isDeepStrictEqual(bare(template), bare(asNew))) return undefined;
  const annotations = (template["metadata"] as { readonly annotations?: unknown } | undefined)?.annotations;
  return { ...asNew, metadata: { ...(asNew["metadata"] as object | undefined), ...(annotations === undefined ? {} : { annotations }) } };
}
