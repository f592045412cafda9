import type { StackKey } from "../engine/engine.ts";
import { LABELS } from "../platform/labels.ts";
import type { Kubectl } from "./kubectl.ts";

/** An object as a cluster tells of it. */
export interface ClusterObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly generation?: number;
    readonly managedFields?: readonly { readonly manager?: string }[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** Kinds that run pods: they go first, while the pods that drain may still be reached. */
export const RUNNERS = "deployments,statefulsets,jobs";
/** What stands around them. The namespace, claims and the Secret are not among them: those outlive a stack. */
export const AROUND = "services,networkpolicies,horizontalpodautoscalers,poddisruptionbudgets";

/** Selects the objects of one stack of an environment. */
export function stackSelector(environment: string, stack: StackKey): string {
  const own = `${LABELS.environment}=${environment}`;
  return stack === "foundation" ? `${own},!${LABELS.colour}` : `${own},${LABELS.colour}=${stack}`;
}

/** What the cluster has of a stack. */
export async function stackObjects(kubectl: Kubectl, environment: string, stack: StackKey): Promise<readonly ClusterObject[]> {
  return await kubectl.items<ClusterObject>([`${RUNNERS},${AROUND}`, "--selector", stackSelector(environment, stack)]);
}

/** `Deployment gateway-blue`: what an object is found by within its namespace. */
export function objectKey({ kind, metadata }: { readonly kind: string; readonly metadata: { readonly name: string } }): string {
  return `${kind} ${metadata.name}`;
}

/** Objects in what `--output json` prints: a list, one object, or several after each other. */
export function objectsOf(text: string): readonly ClusterObject[] {
  const documents = text.trim() === "" ? [] : text.trim().split(/\n(?=\{)/);
  return documents.flatMap((document) => {
    const value = JSON.parse(document) as ClusterObject & { readonly items?: readonly ClusterObject[] };
    return value.kind === "List" ? (value.items ?? []) : [value];
  });
}
