import { describe, expect, test } from "vitest";
import { instancesOf, scaledContainers } from "../../../../infra/scale/instances.ts";
import { testStack } from "../../../support/platform-models.ts";

describe("instances made from those that stand", () => {
  test("are what a deployment with as many of them would make, to the hash", () => {
    const one = testStack("blue").containers;
    const several = testStack("blue", { "replicas.user": "2", "replicas.gateway": "3" }).containers;
    expect(scaledContainers(one, { user: 2, gateway: 3 })).toEqual(several);
    expect(scaledContainers(several, { user: 1, gateway: 1 })).toEqual(one);
  });

  test("survive being written down, as the record of a deployment is", () => {
    const read = JSON.parse(JSON.stringify(testStack("green").containers)) as ReturnType<typeof testStack>["containers"];
    expect(scaledContainers(read, { nft: 2 })).toEqual(testStack("green", { "replicas.nft": "2" }).containers);
  });

  test("leave every other container what it is", () => {
    const one = testStack("blue").containers;
    const scaled = scaledContainers(one, { nft: 4 });
    for (const spec of one) expect(scaled).toContainEqual(spec);
    expect(instancesOf(scaled, ["nft", "user"])).toEqual({ nft: 4, user: 1 });
  });

  test("come of no service that has none", () => {
    const without = testStack("blue", { "replicas.nft": "0" }).containers;
    expect(scaledContainers(without, { nft: 2 })).toEqual(without);
  });
});
