import type { IDeployment, IStatefulSet } from "kubernetes-models/apps/v1";
import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import type { IJob } from "kubernetes-models/batch/v1";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1";
import type { INamespace, IPodTemplateSpec, ISecret, IService } from "kubernetes-models/v1";

/** What every object of ours says of itself. */
interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels: Readonly<Record<string, string>> };
}

/** A pod's definition, whatever kind of object carries it. */
export type PodTemplate = IPodTemplateSpec;

/** Objects that run pods. */
export type Runner = (IDeployment | IStatefulSet | IJob) & Named;

/** One Kubernetes object as plain data: what is applied, written as YAML and declared to Pulumi. */
export type Manifest =
  | Runner
  | ((INamespace | ISecret | IService | IPodDisruptionBudget | IHorizontalPodAutoscaler | INetworkPolicy) & Named);

export type Kind = Manifest["kind"];
