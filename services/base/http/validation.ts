import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import type { FieldError } from "../problem.ts";

// ajv-formats is CommonJS: under Node's module rules its function is the `default` of the default.
const withFormats = addFormats as unknown as (ajv: Ajv) => Ajv;

/** Bodies are taken as they are; path and query are text on the wire and are converted to what the schema says. */
function validators(): { readonly body: Ajv; readonly text: Ajv } {
  const options = { allErrors: true, useDefaults: true, removeAdditional: false, strict: true, strictTypes: false, strictTuples: false, verbose: true } as const;
  return {
    body: withFormats(new Ajv({ ...options, coerceTypes: false })),
    text: withFormats(new Ajv({ ...options, coerceTypes: "array" })),
  };
}

/** Fastify's validator compiler: unknown keys of a body are errors, all errors are reported together. */
export function createValidatorCompiler(): FastifySchemaCompiler<TSchema> {
  const { body, text } = validators();
  return ({ schema, httpPart }) => (httpPart === "body" ? body.compile(closed(schema)) : finite(text.compile(schema)));
}

/** The same check, and refuses numbers beyond all bounds: ajv makes Infinity of "1e400" and then holds it against none. */
function finite(validate: ValidateFunction): ((data: unknown) => boolean) & { errors?: ErrorObject[] | null } {
  const check: ReturnType<typeof finite> = (data) => {
    const fits = validate(data);
    check.errors = validate.errors ?? null;
    if (!fits || !isRecord(data)) return fits;
    const beyond = Object.keys(data).filter((key) => data[key] === Infinity || data[key] === -Infinity);
    if (beyond.length === 0) return true;
    check.errors = beyond.map((key) => ({ keyword: "type", instancePath: `/${key}`, schemaPath: "#", params: {}, message: "must be a finite number" }));
    return false;
  };
  return check;
}

/**
 * The same schema with `additionalProperties: false` on every object that does not say otherwise. Below `allOf` it
 * stays as it is: there each part sees the keys of the others.
 */
export function closed(schema: unknown): object {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema as unknown as object;
  const source = schema as Record<string, unknown>;
  const result: Record<string, unknown> = { ...source };
  if (isRecord(source["properties"])) {
    result["properties"] = Object.fromEntries(Object.entries(source["properties"]).map(([key, value]) => [key, closed(value)]));
    if (source["additionalProperties"] === undefined && source["patternProperties"] === undefined) result["additionalProperties"] = false;
  }
  for (const key of ["items", "anyOf", "oneOf"]) if (source[key] !== undefined) result[key] = closed(source[key]);
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** What ajv found, by field: `/body/amount: takes a number`. Of a union only the union itself is named. */
export function fieldErrors(errors: readonly ErrorObject[], part: string): readonly FieldError[] {
  const unions = new Set(errors.filter((error) => error.keyword === "anyOf" || error.keyword === "oneOf").map((error) => error.instancePath));
  const seen = new Set<string>();
  return errors.flatMap((error) => {
    const isBranch = /\/(anyOf|oneOf)\//.test(error.schemaPath) && unions.has(error.instancePath);
    if (isBranch) return [];
    const field = { path: pathOf(error, part), message: messageOf(error) };
    const key = `${field.path} ${field.message}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [field];
  });
}

function pathOf(error: ErrorObject, part: string): string {
  const params = error.params as Record<string, unknown>;
  const key = error.keyword === "required" ? params["missingProperty"] : params["additionalProperty"];
  return `/${part}${error.instancePath}${typeof key === "string" ? `/${key}` : ""}`;
}

function messageOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case "required":
      return "is required";
    case "additionalProperties":
      return "is not known here";
    case "enum":
      return `takes one of ${(params["allowedValues"] as unknown[]).join(", ")}`;
    case "const":
      return `takes ${JSON.stringify(params["allowedValue"])}`;
    case "pattern":
      return patternMessage(error);
    case "anyOf":
    case "oneOf":
      return unionMessage(error);
    default:
      return error.message ?? "is not valid";
  }
}

/** A pattern is for programs; people are told what it stands for. */
function patternMessage({ parentSchema, schema }: ErrorObject): string {
  if (String(schema).includes("[0-9a-f]{12}")) return "takes a UUID such as 0194b9f0-7c1e-7a55-9f0e-3d1c2b4a5968";
  const described = parentSchema?.["description"];
  if (typeof described === "string") return `does not fit: ${described}`;
  const example = (parentSchema?.["examples"] as unknown[] | undefined)?.[0];
  return example === undefined ? "has a form or characters that are not taken here" : `takes text such as ${JSON.stringify(example)}`;
}

function unionMessage(error: ErrorObject): string {
  const branches = Array.isArray(error.schema) ? (error.schema as unknown[]).filter(isRecord) : [];
  const described = error.parentSchema?.["description"];
  if (typeof described === "string") return `does not fit: ${described}`;
  const takes = branches.map((branch) => (branch["const"] === undefined ? String(branch["type"]) : JSON.stringify(branch["const"])));
  return takes.length > 0 ? `takes ${takes.join(" or ")}` : "does not fit any of the allowed forms";
}
