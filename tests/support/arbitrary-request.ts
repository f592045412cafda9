import fc from "fast-check";
import type { JsonSchema, Operation } from "./domains.ts";

/** What callers send by mistake or on purpose. */
const NASTY = [
  null, true, 0, -1, 1.5, 1e21, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, "", " ", "\u0000", "a\u0000b", "\ud800", "'; DROP TABLE accounts; --",
  "../../etc/passwd", "<script>", "NaN", "Infinity", "1e400", "0x10", "9".repeat(60), "x".repeat(3_000), "😀".repeat(40), [], [[]], {}, { $ne: 1 }, { __proto__: null },
  "00000000-0000-7000-8000-000000000000", "0.000000000000000000001", "-0", "1000.25",
] as const;

const nasty = fc.constantFrom<unknown>(...NASTY);

/** Values that fit a schema more often than not, so that requests get past the first check. */
function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (Array.isArray(schema["enum"])) return fc.constantFrom<unknown>(...(schema["enum"] as unknown[]));
  if ("const" in schema) return fc.constant(schema["const"]);
  if (Array.isArray(schema["anyOf"])) return fc.oneof(...(schema["anyOf"] as JsonSchema[]).map(fitting));
  switch (schema["type"]) {
    case "integer":
      return fc.integer({ min: Number(schema["minimum"] ?? 0), max: Math.min(Number(schema["maximum"] ?? 1_000), 5_000) });
    case "number":
      return fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.double({ noNaN: true, min: -10, max: 1e9 }));
    case "boolean":
      return fc.boolean();
    case "string":
      return text(schema);
    case "array":
      return fc.array(fitting((schema["items"] ?? {}) as JsonSchema), { maxLength: 3 });
    case "object":
      return object(schema);
    default:
      return fc.oneof(fc.constant(null), fc.jsonValue());
  }
}

function text(schema: JsonSchema): fc.Arbitrary<string> {
  const examples = Array.isArray(schema["examples"]) ? (schema["examples"] as string[]) : [];
  const choices: fc.Arbitrary<string>[] = [fc.string({ maxLength: 40 }), fc.constantFrom("1000.25", "BTC/USD", "BTC-USD", "some words")];
  if (examples.length > 0) choices.push(fc.constantFrom(...examples), fc.constantFrom(...examples));
  if (String(schema["pattern"] ?? "").includes("0-9a-f")) choices.push(fc.uuid(), fc.uuid());
  return fc.oneof(...choices);
}

function object(schema: JsonSchema): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>);
  const required = new Set((schema["required"] ?? []) as string[]);
  const model = Object.fromEntries(properties.map(([key, of]) => [key, fc.oneof({ weight: 6, arbitrary: fitting(of) }, { weight: 1, arbitrary: nasty })]));
  return fc.oneof(
    { weight: 6, arbitrary: fc.record(model, { requiredKeys: [...required] }) },
    { weight: 1, arbitrary: fc.record(model, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.tuple(fc.record(model), fc.string(), nasty).map(([base, key, value]) => ({ ...base, [key]: value })) },
  );
}

export interface ArbitraryRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const plainText = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
/** What a header can carry at all. */
const headerText = (value: unknown): string => plainText(value).replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
/** A lone surrogate has no encoding in an address. */
const pathText = (value: unknown): string => encodeURIComponent(plainText(value).toWellFormed().slice(0, 150)) || "%20";

/** Requests to an operation, from well-formed to absurd. */
export function arbitraryRequest(operation: Operation): fc.Arbitrary<ArbitraryRequest> {
  const values = fc.record(
    Object.fromEntries(
      operation.parameters.map(({ name, schema }) => [name, fc.oneof({ weight: 4, arbitrary: fitting(schema) }, { weight: 1, arbitrary: nasty })]),
    ),
    { requiredKeys: operation.parameters.filter((one) => one.in === "path").map(({ name }) => name) },
  );
  const body = operation.body === undefined ? fc.constant(undefined) : fc.oneof({ weight: 8, arbitrary: fitting(operation.body) }, { weight: 1, arbitrary: nasty });
  return fc.record({ values, body }).map(({ values: given, body: sent }) => {
    const of = (place: string) => operation.parameters.filter((one) => one.in === place && one.name in given).map(({ name }) => [name, given[name]] as const);
    const query = of("query").map(([name, value]) => `${name}=${pathText(value)}`).join("&");
    const path = of("path").reduce((filled, [name, value]) => filled.replace(`{${name}}`, pathText(value)), operation.path);
    return {
      path: query === "" ? path : `${path}?${query}`,
      headers: Object.fromEntries(of("header").map(([name, value]) => [name, headerText(value)])),
      body: sent,
    };
  });
}
