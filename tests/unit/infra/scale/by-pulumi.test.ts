import { describe, expect, test } from "vitest";
import { planStack } from "../../../../infra/engine/plan.ts";
import { onlyScales } from "../../../../infra/scale/by-pulumi.ts";
import { LABELS } from "../../../../infra/platform/labels.ts";
import type { Container } from "../../../../infra/host/containers.ts";
import type { ContainerSpec } from "../../../../infra/platform/container.ts";
import { testStack } from "../../../support/platform-models.ts";

function standing(spec: ContainerSpec): Container {
  const state = spec.oneShot ? "exited" : "running";
  const rest = { id: spec.name, environment: "dev", version: "", health: "healthy", exitCode: 0, restarts: 0, startedAt: "", hostPorts: [], labels: spec.labels };
  return { ...rest, name: spec.name, workload: spec.workload, colour: "blue", spec: spec.labels[LABELS.spec] ?? "", image: spec.image, state };
}

function scales(from: readonly ContainerSpec[], to: readonly ContainerSpec[], services: readonly string[]): boolean {
  const members = from.map(standing);
  return onlyScales(planStack(to, members), [...to, ...members], Object.fromEntries(services.map((name) => [name, 1])));
}

describe("a change that Pulumi would make is a scaling", () => {
  const one = testStack("blue").containers;
  const two = testStack("blue", { "replicas.user": "2" }).containers;

  test("where it makes or removes instances of the service, or nothing at all", () => {
    expect(scales(one, two, ["user"])).toBe(true);
    expect(scales(two, one, ["user"])).toBe(true);
    expect(scales(two, two, ["user"])).toBe(true);
  });

  test("but not where another service gets more, or the release is another", () => {
    expect(scales(one, two, ["nft"])).toBe(false);
    expect(scales(one, testStack("blue", { "replicas.user": "2", version: "v2" }).containers, ["user"])).toBe(false);
  });
});
