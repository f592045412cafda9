import { describe, expect, test } from "vitest";
import { chooseEngine } from "../../../../infra/engine/choose.ts";
import { requireSameEngine, type EnvironmentRecord } from "../../../../infra/engine/record.ts";

const deployed = (engine: "pulumi" | "compose"): EnvironmentRecord => ({
  engine,
  overrides: {},
  stacks: { foundation: { version: "", at: "2026-01-01T00:00:00Z" } },
});

describe("chooseEngine for a cluster (R-DEP-7)", () => {
  test("takes Pulumi where it has its provider, else kubectl, and says why", () => {
    expect(chooseEngine(undefined, undefined, true, "kubernetes").engine).toBe("pulumi");
    expect(chooseEngine(undefined, undefined, false, "kubernetes")).toEqual({
      engine: "kubectl",
      reason: "`pulumi` with its provider for kubernetes is not on the PATH",
    });
  });

  test("refuses an engine that does not know the target, whether asked for or used before", () => {
    expect(() => chooseEngine("compose", undefined, true, "kubernetes")).toThrow("Compose does not deploy to target kubernetes: that takes pulumi or kubectl.");
    expect(() => chooseEngine("kubectl", undefined, true)).toThrow("kubectl does not deploy to target docker: that takes pulumi or compose.");
    expect(() => chooseEngine(undefined, deployed("compose"), false, "kubernetes")).toThrow("Compose does not deploy to target kubernetes");
    expect(() => chooseEngine("pulumi", undefined, false, "kubernetes")).toThrow("and its provider for kubernetes");
  });
});

describe("chooseEngine", () => {
  test("takes Pulumi where its program is found, else Compose, and says why", () => {
    expect(chooseEngine(undefined, undefined, true)).toEqual({ engine: "pulumi", reason: "`pulumi` is on the PATH" });
    expect(chooseEngine(undefined, undefined, false)).toEqual({
      engine: "compose",
      reason: "`pulumi` is not on the PATH",
    });
  });

  test("does what --engine says", () => {
    expect(chooseEngine("compose", undefined, true).engine).toBe("compose");
    expect(chooseEngine("pulumi", undefined, true).engine).toBe("pulumi");
  });

  test("stays with the engine that deployed the environment", () => {
    expect(chooseEngine(undefined, deployed("compose"), true).engine).toBe("compose");
    expect(() => chooseEngine(undefined, deployed("pulumi"), false)).toThrow("was deployed by Pulumi");
  });

  test("chooses anew when nothing is deployed any more", () => {
    expect(chooseEngine(undefined, { engine: "compose", overrides: {}, stacks: {} }, true).engine).toBe("pulumi");
  });

  test("refuses --engine pulumi without Pulumi", () => {
    expect(() => chooseEngine("pulumi", undefined, false)).toThrow("needs the program `pulumi` on the PATH");
  });
});

describe("requireSameEngine", () => {
  test("refuses another engine than the one that deployed, and says how to go on", () => {
    expect(() => requireSameEngine("dev", deployed("compose"), "pulumi")).toThrow(
      'Environment "dev" was deployed by compose, and pulumi does not know its state.\n' +
        "Use --engine compose, or take it down first: ./astra down --environment dev --engine compose",
    );
  });

  test("takes any engine for an environment that is not deployed", () => {
    expect(() => requireSameEngine("dev", undefined, "pulumi")).not.toThrow();
    expect(() => requireSameEngine("dev", { engine: "compose", overrides: {}, stacks: {} }, "pulumi")).not.toThrow();
    expect(() => requireSameEngine("dev", deployed("pulumi"), "pulumi")).not.toThrow();
  });
});
