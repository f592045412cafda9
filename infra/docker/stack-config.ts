import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE } from "../config/check.ts";
import { readSettings } from "../config/settings.ts";
import { stackFileName } from "../config/stack-file.ts";
import type { Settings } from "../platform/settings.ts";

/** Keys that were set with `--secret`; the engine names them to the program by this variable. */
function secretKeys(): ReadonlySet<string> {
  const text = process.env["PULUMI_CONFIG_SECRET_KEYS"];
  const keys: unknown = text === undefined || text === "" ? [] : JSON.parse(text);
  return new Set(Array.isArray(keys) ? keys.map((key) => String(key).replace(`${NAMESPACE}:`, "")) : []);
}

/**
 * Settings of the stack that the engine runs: the only place that reads Pulumi's config.
 * @throws ConfigError `config-invalid` with all problems at once.
 */
export function settingsOfRunningStack(): Settings {
  const values = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(`${NAMESPACE}:`))
    .map(([key, value]) => [key.slice(NAMESPACE.length + 1), value]);
  const stackName = pulumi.getStack();
  return readSettings({
    stackName,
    source: stackFileName(stackName),
    values: Object.fromEntries(values) as Record<string, string>,
    secretKeys: secretKeys(),
  });
}
