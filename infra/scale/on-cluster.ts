import { readDeployed, writeDeployed } from "../drift/deployed.ts";
import type { Report, StackTarget } from "../engine/engine.ts";
import { availability, scaledTo } from "../kubernetes/availability.ts";
import { APPLY, FIELD_MANAGER } from "../kubernetes/dry-run.ts";
import { objectMetadata } from "../kubernetes/identity.ts";
import { openCluster, type Kubectl } from "../kubernetes/kubectl.ts";
import type { Manifest } from "../kubernetes/manifest.ts";
import { objectKey } from "../kubernetes/stack-objects.ts";
import { manifestsYaml } from "../kubernetes/yaml.ts";
import { colourWorkloads } from "../platform/platform.ts";
import type { Settings } from "../platform/settings.ts";
import type { Workload } from "../platform/workload.ts";
import type { Numbers } from "./numbers.ts";

const APPLY_MS = 120_000;
const READY_SECONDS = 300;

/** Kinds that a number of instances concerns. */
const KINDS: ReadonlySet<string> = new Set(["Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"]);

/** What of a stack's objects has to be applied and removed for another number of instances. */
export interface ClusterScaling {
  /** All objects of the stack, as they are afterwards. */
  readonly all: readonly Manifest[];
  readonly apply: readonly Manifest[];
  readonly remove: readonly Manifest[];
  /** Deployments whose number an autoscaler takes over. */
  readonly handedOver: readonly string[];
}

/** The pods stay what they are: only the number changes, or where an autoscaler owns that, the least that it may choose. */
function withReplicas(manifest: Manifest, workload: Workload, settings: Settings): Manifest {
  if (manifest.kind !== "Deployment" || manifest.spec === undefined) return manifest;
  const spec = { ...manifest.spec };
  delete spec.replicas;
  return { ...manifest, spec: scaledTo(workload, settings) === undefined ? { replicas: workload.replicas, ...spec } : spec };
}

/** Works out a cluster's part of a scaling, from the objects that stand: pure. */
export function clusterScaling(manifests: readonly Manifest[], settings: Settings, numbers: Numbers): ClusterScaling {
  const workloads = colourWorkloads(settings).filter((workload) => workload.name in numbers);
  const byName = new Map(workloads.map((workload) => [objectMetadata(workload.name, settings).name, workload]));
  const workloadOf = (manifest: Manifest): Workload | undefined => (KINDS.has(manifest.kind) ? byName.get(manifest.metadata.name) : undefined);
  const changed = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const workload = workloadOf(manifest);
    if (workload !== undefined && manifest.kind === "Deployment") changed.set(objectKey(manifest), withReplicas(manifest, workload, settings));
  }
  for (const workload of workloads) for (const manifest of availability(workload, settings)) changed.set(objectKey(manifest), manifest);
  const old = manifests.filter((manifest) => workloadOf(manifest) !== undefined);
  const all = [...manifests.flatMap((manifest) => (workloadOf(manifest) === undefined ? [manifest] : [])), ...changed.values()];
  const handedOver = old.flatMap((manifest) => {
    const after = changed.get(objectKey(manifest));
    const had = manifest.kind === "Deployment" && manifest.spec?.replicas !== undefined;
    return had && after?.kind === "Deployment" && after.spec?.replicas === undefined ? [manifest.metadata.name] : [];
  });
  return { all, apply: [...changed.values()], remove: old.filter((manifest) => !changed.has(objectKey(manifest))), handedOver };
}

/**
 * The number gets a second owner first: a field that its only owner leaves out of an apply is removed, and the cluster
 * would then run one pod until the autoscaler has looked.
 */
async function handOver(kubectl: Kubectl, name: string): Promise<void> {
  const [live] = await kubectl.items<{ readonly spec?: { readonly replicas?: number } }>(["deployment", name]);
  if (live?.spec?.replicas === undefined) return;
  const input = JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace: kubectl.namespace }, spec: { replicas: live.spec.replicas } });
  await kubectl.orFail(["apply", "--server-side", "--force-conflicts", `--field-manager=${FIELD_MANAGER}-scale`, "--filename", "-"], { input });
}

/**
 * Gives a colour other numbers of instances on a cluster, by a server-side apply of the objects that stand, with nothing
 * but the number changed. Waits until the new pods are ready; what is too many drains by itself.
 * @throws UserError with what the cluster says.
 */
export async function scaleOnCluster(target: StackTarget, numbers: Numbers, report: Report): Promise<void> {
  const { settings, stack } = target;
  const record = await readDeployed(settings.environment, stack);
  if (record?.manifests === undefined) throw new Error(`nobody wrote down what stands of ${stack}`);
  const kubectl = await openCluster(settings);
  const scaling = clusterScaling(record.manifests, settings, numbers);
  await writeDeployed(settings.environment, { ...record, manifests: scaling.all });
  for (const name of scaling.handedOver) await handOver(kubectl, name);
  report(`${scaling.apply.length} objects`);
  await kubectl.orFail(APPLY, { input: manifestsYaml(scaling.apply, []), deadlineMs: APPLY_MS });
  for (const { kind, metadata } of scaling.remove) await kubectl.orFail(["delete", kind, metadata.name, "--ignore-not-found"]);
  for (const service of Object.keys(numbers)) {
    const { name } = objectMetadata(service, settings);
    report(`${name} until it is ready`);
    await kubectl.orFail(["rollout", "status", `deployment/${name}`, `--timeout=${READY_SECONDS}s`], { deadlineMs: (READY_SECONDS + 10) * 1000 });
  }
}
