import { Deployment, StatefulSet } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { Job } from "kubernetes-models/batch/v1";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Namespace, Secret, Service } from "kubernetes-models/v1";
import { expect, test } from "vitest";
import { STACKS } from "../../../../infra/engine/model.ts";
import type { Kind, Manifest } from "../../../../infra/kubernetes/manifest.ts";
import { secretManifest } from "../../../../infra/kubernetes/manifests.ts";
import { clusterStack } from "../../../support/kubernetes-stacks.ts";

/** Models that check an object against Kubernetes' own OpenAPI schema, offline. */
const models: Readonly<Record<Kind, new (data: never) => { validate(): void }>> = {
  Deployment,
  StatefulSet,
  Job,
  HorizontalPodAutoscaler,
  NetworkPolicy,
  PodDisruptionBudget,
  Namespace,
  Secret,
  Service,
};

function validate(manifest: Manifest): void {
  new models[manifest.kind](manifest as never).validate();
}

test.each(STACKS)("every object of %s fits Kubernetes' schema", (stack) => {
  const { all } = clusterStack(stack);
  expect(all.length).toBeGreaterThan(20);
  for (const manifest of all) expect(() => validate(manifest), `${manifest.kind} ${manifest.metadata.name}`).not.toThrow();
});

test("the Secret fits it too, and a wrong object does not", () => {
  const { settings, all } = clusterStack("blue");
  expect(() => validate(secretManifest(settings, { redis: "x" }))).not.toThrow();
  const deployment = structuredClone(all.find((manifest) => manifest.kind === "Deployment"));
  if (deployment?.kind !== "Deployment" || deployment.spec === undefined) throw new Error("there is no Deployment");
  Object.assign(deployment.spec, { replicas: "two" });
  expect(() => validate(deployment)).toThrow("replicas");
});
