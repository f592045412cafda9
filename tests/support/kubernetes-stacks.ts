import type { IContainer, IPodSpec } from "kubernetes-models/v1";
import { environmentConfig } from "../../infra/engine/model.ts";
import type { StackKey } from "../../infra/engine/engine.ts";
import type { Kind, Manifest, PodTemplate, Runner } from "../../infra/kubernetes/manifest.ts";
import { allManifests, stackManifests, type StackManifests } from "../../infra/kubernetes/manifests.ts";
import { clusterFacts } from "../../infra/kubernetes/render.ts";
import { releaseOf } from "../../infra/platform/release.ts";
import type { Settings } from "../../infra/platform/settings.ts";
import type { Workload } from "../../infra/platform/workload.ts";
import { testImages } from "./platform-models.ts";

export interface ClusterStack {
  readonly settings: Settings;
  readonly manifests: StackManifests;
  readonly all: readonly Manifest[];
}

/** A stack of environment `dev` on a cluster, as its committed config has it. */
export function clusterStack(stack: StackKey, overrides: Readonly<Record<string, string>> = {}): ClusterStack {
  const { settings } = environmentConfig("dev", { ...overrides, target: "kubernetes" }).targets[stack];
  const manifests = stackManifests(releaseOf(settings, clusterFacts(true, true), testImages));
  return { settings, manifests, all: allManifests(manifests) };
}

/** Objects of one kind. */
export function ofKind<K extends Kind>(stack: ClusterStack, kind: K): readonly Extract<Manifest, { kind: K }>[] {
  return stack.all.filter((manifest): manifest is Extract<Manifest, { kind: K }> => manifest.kind === kind);
}

/** The object with this kind and name. @throws Error when there is none. */
export function object<K extends Kind>(stack: ClusterStack, kind: K, name: string): Extract<Manifest, { kind: K }> {
  const found = ofKind(stack, kind).find((manifest) => manifest.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

export interface Pod {
  readonly workload: Workload;
  readonly runner: Runner;
  readonly template: PodTemplate;
  readonly spec: IPodSpec;
  readonly container: IContainer;
}

/** The pod of every workload of a stack. @throws Error for a workload that does not have exactly one container. */
export function pods(stack: ClusterStack): readonly Pod[] {
  return stack.manifests.workloads.map(({ workload, manifests }) => {
    const runners = manifests.filter((m): m is Runner => m.kind === "Deployment" || m.kind === "StatefulSet" || m.kind === "Job");
    const [runner] = runners;
    const template = runner?.spec?.template;
    const [container] = template?.spec?.containers ?? [];
    if (runners.length !== 1 || runner === undefined || template?.spec === undefined || container === undefined || template.spec.containers.length !== 1) {
      throw new Error(`${workload.name} has no single container`);
    }
    return { workload, runner, template, spec: template.spec, container };
  });
}
