import { describe, expect, test } from "vitest";
import { failureOf, isReady, stuckPods } from "../../../../infra/kubernetes/rollout-state.ts";
import { podContainer } from "../../../../infra/kubernetes/pod-container.ts";
import { stackSelector, type ClusterObject } from "../../../../infra/kubernetes/stack-objects.ts";
import { podOf } from "../../../support/pods.ts";

const deployment = (status: Record<string, unknown>, replicas = 2): ClusterObject => ({
  kind: "Deployment",
  metadata: { name: "gateway-blue", generation: 3 },
  spec: { replicas },
  status,
});
const ready = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2 };

describe("a workload on a cluster is ready", () => {
  test.each<[string, ClusterObject, boolean]>([
    ["when all its pods are new and ready", deployment(ready), true],
    ["not while its change was not seen yet", deployment({ ...ready, observedGeneration: 2 }), false],
    ["not while one pod is of the release before", deployment({ ...ready, updatedReplicas: 1 }), false],
    ["not while an old pod still goes", deployment({ ...ready, replicas: 3 }), false],
    ["not while a pod is not ready", deployment({ ...ready, readyReplicas: 1 }), false],
    ["with no pods, where it shall have none", deployment({ observedGeneration: 3 }, 0), true],
    ["as a job once it has ended well", { kind: "Job", metadata: { name: "migrate" }, status: { succeeded: 1 } }, true],
    ["not as a job that runs", { kind: "Job", metadata: { name: "migrate" }, status: { active: 1 } }, false],
  ])("%s", (_, object, expected) => {
    expect(isReady(object)).toBe(expected);
  });
});

test("a job that has failed and pods that cannot start are told of at once", () => {
  const job: ClusterObject = { kind: "Job", metadata: { name: "migrate" }, status: { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] } };
  expect(failureOf(job)).toBe("failed (BackoffLimitExceeded)");
  expect(failureOf(deployment(ready))).toBeUndefined();
  const stuck = podContainer(podOf({ status: { phase: "Pending", containerStatuses: [{ name: "main", image: "", imageID: "", ready: false, restartCount: 0, state: { waiting: { reason: "ErrImageNeverPull" } } }] } }));
  expect(stuckPods([podContainer(podOf()), stuck])).toEqual([stuck]);
});

test("a stack's objects are found by labels: the foundation's are those without a colour", () => {
  expect(stackSelector("dev", "foundation")).toBe("astratrade.environment=dev,!astratrade.colour");
  expect(stackSelector("dev", "green")).toBe("astratrade.environment=dev,astratrade.colour=green");
});
