import { IsBoolean, IsInteger, IsNumber, IsObject, type TObject, type TSchema } from "typebox";
import Value from "typebox/value";
import type { Problem } from "./config-error.ts";
import type { Leaf } from "./schema.ts";
import { nearest } from "./suggest.ts";

/** Namespace of our keys in a stack's config. */
export const NAMESPACE = "astratrade";

/** Who said what a key holds: the committed file, Pulumi's own config of this machine, or a `--config` flag. */
export type Origin = "file" | "pulumi" | "flag";

export interface CheckContext {
  readonly stackName: string;
  /** The committed file, by name. */
  readonly fileName: string;
  /** Origin of a top-level key; `file` for one that nobody has set. */
  readonly originOf: (key: string) => Origin;
  /** Top-level keys whose values must not be shown. */
  readonly secretKeys: ReadonlySet<string>;
  readonly problems: Problem[];
}

/** Quotes for a POSIX shell only where needed. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_.:=/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** How to give a path below the namespace another value, there where the wrong one comes from; without one, how to take it out. */
export function fixOf(context: CheckContext, path: string, value?: string): string {
  switch (context.originOf(topKeyOf(path))) {
    case "flag":
      return value === undefined ? `leave --config ${path}=... out` : `--config ${quoted(`${path}=${value}`)}`;
    case "file":
      return value === undefined
        ? `remove ${NAMESPACE}:${path} from ${context.fileName}`
        : `set ${NAMESPACE}:${path} to ${value} in ${context.fileName}`;
    case "pulumi":
      return [
        `pulumi config ${value === undefined ? "rm" : "set"}`,
        ...(path.includes(".") ? ["--path"] : []),
        quoted(`${NAMESPACE}:${path}`),
        ...(value === undefined ? [] : [quoted(value)]),
        `--stack ${quoted(context.stackName)}`,
      ].join(" ");
  }
}

function topKeyOf(path: string): string {
  return path.split(".")[0] ?? path;
}

/** How a wrong value is shown: short, as it was written, and not at all where it is secret. */
function shown(raw: unknown, topKey: string, context: CheckContext): string {
  if (context.secretKeys.has(topKey)) return "a secret value, not shown";
  const text = JSON.stringify(raw) ?? String(raw);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Config values arrive as text; a leaf that is a number or a boolean is read from it, strictly. */
function fromText(schema: TSchema, raw: unknown): unknown {
  if (typeof raw !== "string") return raw;
  if ((IsInteger(schema) || IsNumber(schema)) && /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(raw)) return Number(raw);
  if (IsBoolean(schema) && (raw === "true" || raw === "false")) return raw === "true";
  return raw;
}

/** An object arrives as an object (a YAML file) or as its JSON text (Pulumi's engine). */
function asObject(raw: unknown): Record<string, unknown> | undefined {
  let value = raw;
  if (typeof raw === "string") {
    try {
      value = JSON.parse(raw);
    } catch {
      return undefined;
    }
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function unknownKey(path: string, key: string, known: readonly string[], context: CheckContext): Problem {
  const meant = nearest(key, known);
  const hint = meant === undefined ? `known keys are ${known.join(", ")}` : `did you mean "${meant}"?`;
  return {
    path: `${NAMESPACE}:${path}`,
    // Its value is not shown: nobody knows what it is, so it may be a secret.
    message: `unknown key (${hint})`,
    fix: fixOf(context, path),
  };
}

function checkObject(schema: TObject, raw: Record<string, unknown>, prefix: string, context: CheckContext): unknown {
  const known = Object.keys(schema.properties);
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const property = schema.properties[key];
    if (property === undefined) context.problems.push(unknownKey(path, key, known, context));
    else result[key] = check(property, value, path, context);
  }
  return result;
}

/**
 * Reads a value by its schema: numbers and booleans from their text, objects from theirs. What is wrong is added to
 * the context's problems, each with its path.
 */
export function check(schema: TSchema, raw: unknown, path: string, context: CheckContext): unknown {
  const topKey = topKeyOf(path);
  if (IsObject(schema)) {
    const value = asObject(raw);
    if (value !== undefined) return checkObject(schema, value, path, context);
    context.problems.push({
      path: `${NAMESPACE}:${path}`,
      message: `takes an object with keys from ${Object.keys(schema.properties).join(", ")} (got ${shown(raw, topKey, context)})`,
      fix: fixOf(context, path),
    });
    return undefined;
  }
  const value = fromText(schema, raw);
  if (Value.Check(schema, value)) return value;
  const leaf = schema as Leaf;
  context.problems.push({
    path: `${NAMESPACE}:${path}`,
    message: `takes ${leaf.takes} (got ${shown(raw, topKey, context)})`,
    fix: fixOf(context, path, leaf.example),
  });
  return undefined;
}
