import type { Origin } from "../../infra/config/check.ts";
import { ConfigError } from "../../infra/config/config-error.ts";
import { readSettings } from "../../infra/config/settings.ts";

/** Where the config of a stack comes from, and which of its keys are secret. */
export interface StackConfigOptions {
  readonly stackName?: string;
  readonly origin?: Origin;
  readonly secretKeys?: readonly string[];
}

/** Settings of a stack (blue by default) with this config, as Pulumi or a file gives it. */
export function readStack(values: Record<string, unknown>, { stackName = "blue", origin = "file", secretKeys = [] }: StackConfigOptions = {}) {
  return readSettings({ stackName, fileName: `Pulumi.${stackName}.yaml`, originOf: () => origin, values, secretKeys: new Set(secretKeys) });
}

/** Lines of the error that a config causes, without the heading. @throws Error where it was taken. */
export function configProblems(reading: () => unknown): string[] {
  try {
    reading();
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n").slice(1).map((line) => line.trim());
    throw error;
  }
  throw new Error("this config was taken");
}
