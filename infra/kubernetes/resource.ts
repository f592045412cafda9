import { apps, autoscaling, batch, core, networking, policy } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Kind, Manifest } from "./manifest.ts";
import { ENTRY_SUFFIX } from "./service.ts";

type ResourceClass = new (name: string, args: never, opts?: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/** The class of each kind that the model maps to. */
const CLASSES: Readonly<Record<Kind, ResourceClass>> = {
  Namespace: core.v1.Namespace,
  Secret: core.v1.Secret,
  Service: core.v1.Service,
  Deployment: apps.v1.Deployment,
  StatefulSet: apps.v1.StatefulSet,
  Job: batch.v1.Job,
  PodDisruptionBudget: policy.v1.PodDisruptionBudget,
  HorizontalPodAutoscaler: autoscaling.v2.HorizontalPodAutoscaler,
  NetworkPolicy: networking.v1.NetworkPolicy,
};

/** How long pods may take until they are ready; migrations are in it. */
const READY_TIMEOUT = "10m";

/** `NetworkPolicy` as `network-policy`. */
function kebab(kind: string): string {
  return kind.replaceAll(/(?!^)([A-Z])/g, "-$1").toLowerCase();
}

/** A Service is waited for until pods answer behind it; those who run the pods say that already. */
function withoutWait(manifest: Manifest): Manifest {
  if (manifest.kind !== "Service") return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, annotations: { "pulumi.com/skipAwait": "true" } } } as Manifest;
}

/**
 * Declares one object. Its resource name says the kind, not the object's own name, which for a job changes with its
 * content: a resource's name is its identity.
 */
export function declareManifest(parent: string, manifest: Manifest, opts: pulumi.CustomResourceOptions): pulumi.CustomResource {
  const suffix = manifest.kind === "Service" && manifest.metadata.name.endsWith(ENTRY_SUFFIX) ? ENTRY_SUFFIX : "";
  return new CLASSES[manifest.kind](`${parent}-${kebab(manifest.kind)}${suffix}`, withoutWait(manifest) as never, {
    ...opts,
    customTimeouts: { create: READY_TIMEOUT, update: READY_TIMEOUT },
  });
}
