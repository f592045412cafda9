import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { UserError } from "../host/user-error.ts";
import type { EngineName } from "./engine.ts";
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

/**
 * Chooses the engine: what `--engine` says; else what the environment was deployed by; else Pulumi where its program
 * is found, else Compose.
 * @throws UserError when Pulumi is asked for and is not here.
 */
export function chooseEngine(
  forced: EngineName | undefined,
  record: EnvironmentRecord | undefined,
  pulumiIsHere: boolean,
): EngineChoice {
  if (forced === "pulumi" && !pulumiIsHere)
    throw new UserError("--engine pulumi needs the program `pulumi` on the PATH. See https://www.pulumi.com/docs/install");
  if (forced !== undefined) return { engine: forced, reason: "--engine says so" };
  if (record !== undefined && Object.keys(record.stacks).length > 0) {
    if (record.engine === "pulumi" && !pulumiIsHere)
      throw new UserError(
        "This environment was deployed by Pulumi, and the program `pulumi` is not on the PATH.\n" +
          "Install it as before: https://www.pulumi.com/docs/install",
      );
    return { engine: record.engine, reason: "this environment was deployed by it" };
  }
  return pulumiIsHere
    ? { engine: "pulumi", reason: "`pulumi` is on the PATH" }
    : { engine: "compose", reason: "`pulumi` is not on the PATH" };
}
