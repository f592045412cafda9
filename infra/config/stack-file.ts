import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Settings } from "../platform/settings.ts";
import { NAMESPACE } from "./check.ts";
import { ConfigError } from "./config-error.ts";
import { readSettings } from "./settings.ts";

/** The committed config of a stack, in the project's root. */
export function stackFileName(stackName: string): string {
  return `Pulumi.${stackName}.yaml`;
}

/** Our keys without the namespace; values as text or objects of text. */
export type StackValues = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unreadable(path: string, stackName: string, cause: unknown): ConfigError {
  const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
  const problem = { path, message: `cannot be read as YAML: ${reason}`, fix: `correct the file by hand, or git checkout ${path}` };
  return new ConfigError("config-unreadable", `the config of stack "${stackName}"`, [problem], cause);
}

/** Our keys in a file, all values as text, as Pulumi hands them to a program: `1.10` stays `1.10`. */
function readValues(path: string, stackName: string): StackValues | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(path, stackName, error);
  }
  let document: unknown;
  try {
    document = parse(text, { schema: "failsafe" });
  } catch (error) {
    throw unreadable(path, stackName, error);
  }
  const config = isRecord(document) ? document["config"] : undefined;
  if (!isRecord(config)) return {};
  return Object.fromEntries(
    Object.entries(config)
      // A key without a namespace has the project's, which is ours.
      .map(([key, value]) => [key.includes(":") ? key : `${NAMESPACE}:${key}`, value] as const)
      .filter(([key]) => key.startsWith(`${NAMESPACE}:`))
      .map(([key, value]) => [key.slice(NAMESPACE.length + 1), value]),
  );
}

/**
 * What the committed files say of a stack: its own file, or the file of the stack that it is a copy of (`test-green` of
 * `green`); nothing where there is neither.
 * @throws ConfigError `config-unreadable` when the file is not YAML.
 */
export function committedValues(projectRoot: string, stackName: string): StackValues {
  const base = stackName.split("-").at(-1) ?? stackName;
  return (
    readValues(join(projectRoot, stackFileName(stackName)), stackName) ??
    readValues(join(projectRoot, stackFileName(base)), stackName) ??
    {}
  );
}

/** Values over others: objects are merged key by key, everything else is replaced. */
export function mergedValues(under: StackValues, over: StackValues): StackValues {
  const result: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = isRecord(before) && isRecord(value) ? mergedValues(before, value) : value;
  }
  return result;
}

/** `{ "replicas.user": "2" }`, with or without the namespace, as `{ replicas: { user: "2" } }`. */
export function valuesOfPaths(paths: Readonly<Record<string, string>>): StackValues {
  let values: StackValues = {};
  for (const [path, value] of Object.entries(paths)) {
    const keys = path.replace(new RegExp(`^${NAMESPACE}:`), "").split(".");
    values = mergedValues(values, keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as StackValues);
  }
  return values;
}

/**
 * Settings of a stack for a deployment that Pulumi has no part in; it comes to what `pulumi up` would read.
 * Overrides are `portOffset: "20000"` or `replicas.user: "2"`, over what the file says.
 * @throws ConfigError `config-invalid` with all problems, `config-unreadable` when the file is not YAML.
 */
export function settingsOfStack(
  projectRoot: string,
  stackName: string,
  overrides: Readonly<Record<string, string>> = {},
): Settings {
  const committed = committedValues(projectRoot, stackName);
  const over = valuesOfPaths(overrides);
  return readSettings({
    stackName,
    fileName: stackFileName(stackName),
    originOf: (key) => (key in over ? "flag" : "file"),
    values: mergedValues(committed, over),
    // `{secure: ...}` is a value that only Pulumi can open; none of our keys is secret.
    secretKeys: new Set(Object.keys(committed).filter((key) => isRecord(committed[key]) && "secure" in committed[key])),
  });
}
