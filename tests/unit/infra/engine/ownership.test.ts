import { describe, expect, test } from "vitest";
import { requireOwnContainers } from "../../../../infra/engine/ownership.ts";
import type { EngineName } from "../../../../infra/engine/engine.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const OWN = "/here/.astra/environments/dev";
const specs = testStack("foundation").containers;

function check(engine: EngineName, composeFolder: string | undefined, exists = true): void {
  const labels = composeFolder === undefined ? {} : { "com.docker.compose.project.working_dir": composeFolder };
  const containers = specs.map((spec) => containerOf(spec, { labels: { ...spec.labels, ...labels } }));
  requireOwnContainers("dev", engine, containers, OWN, () => exists);
}

describe("requireOwnContainers", () => {
  test("takes what this checkout deployed, and an environment that is not there", () => {
    expect(() => check("compose", `${OWN}/foundation`)).not.toThrow();
    expect(() => check("pulumi", undefined)).not.toThrow();
    expect(() => requireOwnContainers("dev", "compose", [], OWN)).not.toThrow();
  });

  test("refuses what another checkout deployed, and names it", () => {
    expect(() => check("compose", "/there/.astra/environments/dev/foundation")).toThrow(
      'Environment "dev" was deployed from another checkout: /there\n',
    );
    expect(() => check("compose", "/here/.astra/environments/dev2/foundation")).toThrow("another checkout");
  });

  test("takes over from a checkout that is gone", () => {
    expect(() => check("compose", "/there/.astra/environments/dev/foundation", false)).not.toThrow();
  });

  test("refuses what another engine deployed", () => {
    expect(() => check("compose", undefined)).toThrow('Environment "dev" was not deployed by compose');
    expect(() => check("pulumi", `${OWN}/foundation`)).toThrow("made by compose.\nUse the engine that deployed it (--engine compose)");
  });
});
