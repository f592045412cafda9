import { describe, expect, test } from "vitest";
import { environmentConfig, overridesOf } from "../../../../infra/engine/model.ts";
import { scaledOverrides } from "../../../../infra/scale/overrides.ts";

describe("the kept number of instances", () => {
  test("holds for both colours, whatever one of them was given before", () => {
    const before = { portOffset: "1000", "replicas.user": "3", "green:replicas.user": "4", "green:replicas.nft": "2" };
    expect(scaledOverrides(before, { user: 2 })).toEqual({ portOffset: "1000", "replicas.user": "2", "green:replicas.nft": "2" });
  });

  test("holds for one colour where that is asked for", () => {
    const overrides = scaledOverrides({ "replicas.user": "2" }, { user: 1, gateway: 3 }, "green");
    expect(overrides).toEqual({ "replicas.user": "2", "green:replicas.user": "1", "green:replicas.gateway": "3" });
    const { targets } = environmentConfig("dev", overrides);
    expect(targets.blue.settings.replicas).toEqual({ user: 2 });
    expect(targets.green.settings.replicas).toEqual({ user: 1, gateway: 3 });
  });

  test("is in the config of each stack under the key that Pulumi knows", () => {
    const { targets } = environmentConfig("dev", { "replicas.user": "2", "blue:logLevel": "debug" });
    expect(targets.green.overrides).toMatchObject({ "replicas.user": "2", colour: "green" });
    expect(targets.green.overrides).not.toHaveProperty("logLevel");
    expect(targets.blue.settings.logLevel).toBe("debug");
  });

  test("of a stack is laid over what holds for all, in whatever order they were given", () => {
    expect(overridesOf("blue", { "blue:replicas.user": "3", "replicas.user": "2" })).toEqual({ "replicas.user": "3" });
    expect(overridesOf("foundation", { "blue:replicas.user": "3", "foundation:logLevel": "warn" })).toEqual({ logLevel: "warn" });
  });

  test("refuses a stack that there is none of", () => {
    expect(() => environmentConfig("dev", { "gren:replicas.user": "3" })).toThrow("gren:replicas");
  });
});
