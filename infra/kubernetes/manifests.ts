import { containerSpec, type Release } from "../platform/container.ts";
import { flows } from "../platform/flows.ts";
import { LABELS } from "../platform/labels.ts";
import { configureWorkload } from "../platform/foundation/configure.ts";
import { colourWorkloads, foundationWorkloads, stackWorkloads } from "../platform/platform.ts";
import type { SecretName } from "../platform/secrets.ts";
import type { Settings } from "../platform/settings.ts";
import type { Workload } from "../platform/workload.ts";
import { availability } from "./availability.ts";
import { givenSecretName, namespaceName, SECRET_NAME } from "./identity.ts";
import type { Manifest, PodTemplate } from "./manifest.ts";
import { denyByDefault, networkPolicy } from "./network-policy.ts";
import { podTemplate } from "./pod.ts";
import { runner } from "./runner.ts";
import { services } from "./service.ts";

/** A stack as Kubernetes objects. */
export interface StackManifests {
  /** What belongs to no workload: in the foundation the namespace and its rules. */
  readonly shared: readonly Manifest[];
  /** By workload, in start order. */
  readonly workloads: readonly { readonly workload: Workload; readonly manifests: readonly Manifest[] }[];
}

/** The namespace, in which the cluster itself refuses a pod that is not confined. */
function namespace(settings: Settings): Manifest {
  const modes = ["enforce", "audit", "warn"];
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: namespaceName(settings),
      labels: {
        [LABELS.environment]: settings.environment,
        ...Object.fromEntries(modes.map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"])),
      },
    },
  };
}

/** The Secret with these values; objects refer to it whether it is made by us or by somebody else. */
export function secretManifest(settings: Settings, values: Readonly<Record<SecretName, string>>): Manifest {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: SECRET_NAME, namespace: namespaceName(settings), labels: { [LABELS.environment]: settings.environment } },
    type: "Opaque",
    stringData: { ...values },
  };
}

/** The Secret of a colour with what its config gives; none where that gives nothing. */
export function givenSecretManifests(settings: Settings, given: Readonly<Record<SecretName, string>>): readonly Manifest[] {
  if (settings.colour === undefined || Object.keys(given).length === 0) return [];
  return [
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: givenSecretName(settings.colour),
        namespace: namespaceName(settings),
        labels: { [LABELS.environment]: settings.environment, [LABELS.colour]: settings.colour },
      },
      type: "Opaque",
      stringData: { ...given },
    },
  ];
}

/** A cluster has its agent always. */
function podOf(workload: Workload, release: Release): PodTemplate {
  const spec = containerSpec(workload, 1, release);
  if (workload.configuration !== "reads") return podTemplate(workload, spec, release.settings);
  const configure = configureWorkload(release.settings, true, workload.name);
  return podTemplate(workload, spec, release.settings, { workload: configure, spec: containerSpec(configure, 1, release) });
}

/**
 * Maps one stack of the model to Kubernetes objects: pure, and the one source of what Pulumi declares and `render`
 * writes. Secrets are referred to by name; their values are no part of it.
 */
export function stackManifests(release: Release): StackManifests {
  const { settings, facts } = release;
  const platformFlows = flows([...foundationWorkloads(settings, facts), ...colourWorkloads(settings)]);
  return {
    shared: settings.colour === undefined ? [namespace(settings), ...denyByDefault(settings)] : [],
    workloads: stackWorkloads(settings, facts).map((workload) => ({
      workload,
      manifests: [
        networkPolicy(workload, platformFlows, settings),
        ...services(workload, settings),
        runner(workload, podOf(workload, release), settings),
        ...availability(workload, settings),
      ],
    })),
  };
}

/** All objects of a stack, in the order in which they are applied. */
export function allManifests(stack: StackManifests): readonly Manifest[] {
  return [...stack.shared, ...stack.workloads.flatMap((entry) => entry.manifests)];
}
