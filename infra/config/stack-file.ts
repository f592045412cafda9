import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Settings } from "../platform/settings.ts";
import { NAMESPACE } from "./check.ts";
import { ConfigError } from "./config-error.ts";
import { readSettings } from "./settings.ts";

/** The committed config of a stack: what Pulumi reads, and with it every other engine. */
export function stackFileName(stackName: string): string {
  return `Pulumi.${stackName}.yaml`;
}

/** Keys of one stack with the namespace in front, values as text or objects of text. */
export type StackValues = Record<string, unknown>;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Pulumi puts the project's name in front of a key without a namespace, and so do we. */
function namespaced(key: string): string {
  return key.includes(":") ? key : `${NAMESPACE}:${key}`;
}

/** Reads all values as text, as Pulumi hands them to a program: `1.10` stays `1.10`. */
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
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [namespaced(key), value]));
}

function unreadable(path: string, stackName: string, cause: unknown): ConfigError {
  const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
  const problem = { path, message: `cannot be read as YAML: ${reason}`, fix: `correct the file by hand, or git checkout ${path}` };
  return new ConfigError("config-unreadable", `the config of stack "${stackName}"`, [problem], cause);
}

/** Sets a value at `astratrade:replicas.user` or `replicas.user`, keeping what stands beside it. */
function setPath(values: StackValues, path: string, value: string): void {
  const [first = "", ...rest] = namespaced(path).split(".");
  if (rest.length === 0) {
    values[first] = value;
    return;
  }
  let target: Record<string, unknown> = isRecord(values[first]) ? { ...values[first] } : {};
  values[first] = target;
  for (const key of rest.slice(0, -1)) {
    const inner = target[key];
    const next = isRecord(inner) ? { ...inner } : {};
    target[key] = next;
    target = next;
  }
  target[rest.at(-1) ?? ""] = value;
}

/**
 * Config of a stack: its file, or the file of the stack that it is a copy of (`test-green` of `green`), with single
 * values set over it.
 */
export function stackValues(
  projectRoot: string,
  stackName: string,
  overrides: Readonly<Record<string, string>> = {},
): StackValues {
  const base = stackName.split("-").at(-1) ?? stackName;
  const values =
    readValues(join(projectRoot, stackFileName(stackName)), stackName) ??
    readValues(join(projectRoot, stackFileName(base)), stackName) ??
    {};
  for (const [path, value] of Object.entries(overrides)) setPath(values, path, value);
  return values;
}

/** Text of a stack file with these values. */
export function stackFileText(values: StackValues): string {
  return stringify({ config: values });
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
  const values: Record<string, unknown> = {};
  const secretKeys = new Set<string>();
  for (const [key, value] of Object.entries(stackValues(projectRoot, stackName, overrides))) {
    if (!key.startsWith(`${NAMESPACE}:`)) continue;
    const name = key.slice(NAMESPACE.length + 1);
    values[name] = value;
    // `pulumi config set --secret` writes {secure: ...}, which only Pulumi can open; none of our keys is secret.
    if (isRecord(value) && "secure" in value) secretKeys.add(name);
  }
  return readSettings({ stackName, source: stackFileName(stackName), values, secretKeys });
}
