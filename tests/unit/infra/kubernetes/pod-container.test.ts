import type { IPod } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { isComplete } from "../../../../infra/cli/pick-colour.ts";
import { podContainer } from "../../../../infra/kubernetes/pod-container.ts";
import { podUsage, quantity } from "../../../../infra/kubernetes/pod-usage.ts";
import { instanceSuffix } from "../../../../infra/platform/names.ts";
import { healthWord } from "../../../../infra/status/container-health.ts";
import { expectedPods } from "../../../../infra/status/find.ts";
import { podOf } from "../../../support/pods.ts";

type Main = NonNullable<NonNullable<IPod["status"]>["containerStatuses"]>[number];

/** A pod whose container is in this state. */
function withMain(main: Partial<Main>, phase: "Running" | "Pending" = "Running"): IPod {
  return podOf({ status: { phase, containerStatuses: [{ name: "main", image: "", imageID: "", ready: false, restartCount: 0, ...main }] } });
}

describe("a pod, seen as the container that it carries (R-DEP-7)", () => {
  test("says who it is, what it runs, and how often it was started again", () => {
    expect(podContainer(podOf())).toMatchObject({
      id: "uid-1",
      name: "gateway-blue-5d9c7-x2k4p",
      environment: "dev",
      workload: "gateway",
      colour: "blue",
      version: "v1",
      image: "astratrade/service-gateway:0123456789ab",
      state: "running",
      health: "healthy",
      restarts: 2,
      startedAt: "2026-01-31T12:00:00Z",
    });
  });

  test.each<[string, IPod, string]>([
    ["runs and is not ready yet", withMain({ state: { running: {} }, started: false }), "starting"],
    ["runs and is no longer ready", withMain({ state: { running: {} }, started: true }), "unhealthy"],
    ["is being made", withMain({ state: { waiting: { reason: "ContainerCreating" } } }, "Pending"), "starting"],
    ["cannot get its image", withMain({ state: { waiting: { reason: "ImagePullBackOff" } } }, "Pending"), "ImagePullBackOff"],
    ["ends again and again", withMain({ state: { waiting: { reason: "CrashLoopBackOff" } } }), "CrashLoopBackOff"],
    ["has just ended", withMain({ state: { terminated: { exitCode: 3 } } }), "restarting"],
    ["fits no node", podOf({ status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False" }] } }), "Unschedulable"],
    ["is stopping", podOf({ deletionTimestamp: "2026-01-31T12:00:00Z" }), "stopping"],
    ["ended well, of a job", podOf({ labels: { "astratrade.workload": "migrate" }, restartPolicy: "Never", status: { phase: "Succeeded" } }), "done"],
  ])("that %s is told in one word", (_, pod, word) => {
    expect(healthWord(podContainer(pod))).toBe(word);
  });

  test("counts as running only while it runs: a colour of pods that cannot start is not complete", () => {
    const stuck = podContainer(withMain({ state: { waiting: { reason: "CrashLoopBackOff" } } }));
    expect(isComplete([podContainer(podOf())], ["gateway"])).toBe(true);
    expect(isComplete([podContainer(podOf()), stuck], ["gateway"])).toBe(false);
  });

  test("is told apart from its like by the end of its name; a store's one pod and a first container need none", () => {
    expect(["gateway-blue-5d9c7-x2k4p", "postgres-0", "redis-1", "astra-dev-blue-user-1", "astra-dev-blue-user-2"].map(instanceSuffix)).toEqual(["-x2k4p", "", "-1", "", "-2"]);
  });
});

test("pods that lack are named, those that go do not count", () => {
  const there = [podContainer(podOf()), podContainer(podOf({ name: "gateway-blue-old-aaaaa", deletionTimestamp: "2026-01-31T12:00:00Z" }))];
  expect(expectedPods("gateway", "blue", 2, there)).toEqual(["gateway-blue-5d9c7-x2k4p", "gateway-blue-missing-1"]);
  expect(expectedPods("postgres", undefined, 1, there)).toEqual(["postgres-missing-1"]);
});

describe("what metrics-server says", () => {
  test.each([["250m", 0.25], ["1500000n", 0.0015], ["2", 2], ["512Mi", 512 * 2 ** 20], ["12345Ki", 12345 * 1024]])("quantity %s is %f", (text, value) => {
    expect(quantity(text)).toBeCloseTo(value, 9);
  });

  test("becomes use of memory and CPU against the pod's limit; what is no quantity is left out", () => {
    const usage = podUsage([podOf()], [
      { metadata: { name: "gateway-blue-5d9c7-x2k4p" }, containers: [{ usage: { cpu: "125m", memory: "64Mi" } }] },
      { metadata: { name: "of-nobody" }, containers: [{ usage: { cpu: "1", memory: "1Mi" } }] },
    ]);
    expect([...usage]).toEqual([["gateway-blue-5d9c7-x2k4p", { memoryBytes: 64 * 2 ** 20, memoryLimitBytes: 512 * 2 ** 20, cpuPercent: 12.5 }]]);
  });
});
