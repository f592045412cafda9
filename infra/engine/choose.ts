import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { UserError } from "../host/user-error.ts";
import type { Target } from "../platform/settings.ts";
import { ENGINE_TITLES, type EngineName } from "./engine.ts";
import type { EnvironmentRecord } from "./record.ts";

/** Which engine deploys, and why in words that complete "because ...". */
export interface EngineChoice {
  readonly engine: EngineName;
  readonly reason: string;
}

/** A program of this name is on the PATH. */
export function onPath(program: string, path = process.env["PATH"] ?? ""): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What deploys to a target where Pulumi cannot. */
const WITHOUT_PULUMI: Readonly<Record<Target, EngineName>> = { docker: "compose", kubernetes: "kubectl" };
/** What Pulumi needs for a target, in words that go before "is on the PATH". */
const PULUMI_NEEDS: Readonly<Record<Target, string>> = { docker: "`pulumi`", kubernetes: "`pulumi` with its provider for kubernetes" };

function requireFit(engine: EngineName, target: Target): void {
  if (engine === "pulumi" || engine === WITHOUT_PULUMI[target]) return;
  throw new UserError(`${ENGINE_TITLES[engine]} does not deploy to target ${target}: that takes pulumi or ${WITHOUT_PULUMI[target]}.`);
}

/**
 * Chooses the engine: what `--engine` says; else what the environment was deployed by; else Pulumi where its program
 * is found (for a cluster, with its provider), else Compose, or `kubectl` for a cluster.
 * @throws UserError when Pulumi is asked for and is not here, or an engine does not know the target.
 */
export function chooseEngine(
  forced: EngineName | undefined,
  record: EnvironmentRecord | undefined,
  pulumiIsHere: boolean,
  target: Target = "docker",
): EngineChoice {
  if (forced !== undefined) requireFit(forced, target);
  if (forced === "pulumi" && !pulumiIsHere && target === "kubernetes")
    throw new UserError("--engine pulumi needs the program `pulumi` and its provider for kubernetes on the PATH. See https://www.pulumi.com/docs/install");
  if (forced === "pulumi" && !pulumiIsHere)
    throw new UserError("--engine pulumi needs the program `pulumi` on the PATH. See https://www.pulumi.com/docs/install");
  if (forced !== undefined) return { engine: forced, reason: "--engine says so" };
  if (record !== undefined && Object.keys(record.stacks).length > 0) {
    if (record.engine === "pulumi" && !pulumiIsHere)
      throw new UserError(
        "This environment was deployed by Pulumi, and the program `pulumi` is not on the PATH.\n" +
          "Install it as before: https://www.pulumi.com/docs/install",
      );
    requireFit(record.engine, target);
    return { engine: record.engine, reason: "this environment was deployed by it" };
  }
  return pulumiIsHere
    ? { engine: "pulumi", reason: `${PULUMI_NEEDS[target]} is on the PATH` }
    : { engine: WITHOUT_PULUMI[target], reason: `${PULUMI_NEEDS[target]} is not on the PATH` };
}
