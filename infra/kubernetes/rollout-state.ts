import type { Container } from "../host/containers.ts";
import type { ClusterObject } from "./stack-objects.ts";

/** Reasons of waiting that do not pass by themselves, or not soon. */
const STUCK = new Set(["CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError"]);

function count(object: ClusterObject, key: string): number {
  const value = object.status?.[key];
  return typeof value === "number" ? value : 0;
}

/** An object's pods are all of its present version, and ready; of a job: it has ended well. */
export function isReady(object: ClusterObject): boolean {
  if (object.kind === "Job") return count(object, "succeeded") > 0;
  const wanted = typeof object.spec?.["replicas"] === "number" ? object.spec["replicas"] : 1;
  const seen = count(object, "observedGeneration") >= (object.metadata.generation ?? 0);
  return seen && ["updatedReplicas", "readyReplicas"].every((key) => count(object, key) === wanted) && count(object, "replicas") === wanted;
}

/** Why an object will not become ready, in words that follow its name; undefined while it still may. */
export function failureOf(object: ClusterObject): string | undefined {
  const conditions = object.status?.["conditions"];
  const list = Array.isArray(conditions) ? (conditions as readonly { readonly type?: string; readonly status?: string; readonly reason?: string }[]) : [];
  const failed = list.find(({ type, status, reason }) => (type === "Failed" && status === "True") || reason === "ProgressDeadlineExceeded");
  return failed === undefined ? undefined : `failed (${failed.reason ?? "no reason given"})`;
}

/** Pods that cannot start, each with the cluster's reason. */
export function stuckPods(pods: readonly Container[]): readonly Container[] {
  return pods.filter((pod) => STUCK.has(pod.state));
}
