import { describe, expect, test } from "vitest";
import { environmentConfig } from "../../../../infra/engine/model.ts";
import { objectKey } from "../../../../infra/kubernetes/stack-objects.ts";
import { clusterScaling } from "../../../../infra/scale/on-cluster.ts";
import { scaledOverrides } from "../../../../infra/scale/overrides.ts";
import type { Manifest } from "../../../../infra/kubernetes/manifest.ts";
import { clusterStack } from "../../../support/kubernetes-stacks.ts";

const settingsWith = (overrides: Readonly<Record<string, string>>) => environmentConfig("dev", { target: "kubernetes", ...overrides }).targets.blue.settings;
const byKey = (manifests: readonly Manifest[]) => Object.fromEntries(manifests.map((manifest) => [objectKey(manifest), manifest]));

/** Scales what stands with `before`, and holds the result against what a deployment with the numbers would apply. */
function scaled(before: Readonly<Record<string, string>>, numbers: Readonly<Record<string, number>>) {
  const overrides = scaledOverrides(before, numbers);
  const scaling = clusterScaling(clusterStack("blue", before).all, settingsWith(overrides), numbers);
  expect(byKey(scaling.all)).toEqual(byKey(clusterStack("blue", overrides).all));
  return { apply: scaling.apply.map(objectKey), remove: scaling.remove.map(objectKey), handedOver: scaling.handedOver };
}

describe("scaling on a cluster (R-DEP-7) comes to what a deployment with the number would apply", () => {
  test("with a disruption budget from the second instance on, and no other pod touched", () => {
    expect(scaled({}, { user: 2 })).toEqual({ apply: ["Deployment user-blue", "PodDisruptionBudget user-blue"], remove: [], handedOver: [] });
    expect(scaled({ "replicas.user": "2" }, { user: 1 })).toEqual({ apply: ["Deployment user-blue"], remove: ["PodDisruptionBudget user-blue"], handedOver: [] });
  });

  test("as the least that an autoscaler may choose, whose number stays its own", () => {
    const { apply, handedOver } = scaled({}, { gateway: 2 });
    expect(apply).toContain("HorizontalPodAutoscaler gateway-blue");
    expect(handedOver).toEqual([]);
  });

  test("without an autoscaler where the number leaves it nothing to choose, and with it again below that", () => {
    expect(scaled({}, { gateway: 4 }).remove).toEqual(["HorizontalPodAutoscaler gateway-blue"]);
    expect(scaled({ "replicas.gateway": "4" }, { gateway: 2 }).handedOver).toEqual(["gateway-blue"]);
  });
});
