import { Type, type TSchema } from "typebox";
import { describe, expect, it } from "vitest";
import { closed, createValidatorCompiler, fieldErrors } from "../../../../../services/base/http/validation.ts";
import { MoneySchema } from "../../../../../services/base/money.ts";
import type { ErrorObject } from "ajv";

const OrderSchema = Type.Object({
  user_id: Type.Integer({ minimum: 1 }),
  direction: Type.Union([Type.Literal("LONG"), Type.Literal("SHORT")]),
  amount: MoneySchema,
  nested: Type.Optional(Type.Object({ inner: Type.String() })),
});

function errorsOf(schema: TSchema, httpPart: "body" | "querystring", value: unknown): readonly { path: string; message: string }[] {
  const validate = createValidatorCompiler()({ schema, method: "POST", url: "/", httpPart });
  const result = (validate as (data: unknown) => boolean)(value);
  const errors = (validate as { errors?: ErrorObject[] | null }).errors;
  return result ? [] : fieldErrors(errors ?? [], httpPart === "body" ? "body" : "query");
}

const GOOD = { user_id: 123, direction: "LONG", amount: 1000 };

describe("validation of a request (R-SVC-4)", () => {
  it("takes no number beyond all bounds from a query, where a text becomes one", () => {
    const schema = Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 100 }) });
    expect(errorsOf(schema, "querystring", { limit: "1e400" })).toEqual([{ path: "/query/limit", message: "must be a finite number" }]);
    expect(errorsOf(schema, "querystring", { limit: "100" })).toEqual([]);
  });

  it("takes a good body", () => {
    expect(errorsOf(OrderSchema, "body", GOOD)).toEqual([]);
  });

  it("says what a pattern stands for, and never the pattern", () => {
    const uuid = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
    const schema = Type.Object({
      id: Type.String({ pattern: uuid }),
      name: Type.String({ pattern: "^[a-z]{3,}$", description: "three or more small letters" }),
      key: Type.String({ pattern: "^k-\\d+$", examples: ["k-12"] }),
      other: Type.String({ pattern: "^x$" }),
    });
    expect(errorsOf(schema, "body", { id: "?", name: "?", key: "?", other: "?" }).map((error) => error.message)).toEqual([
      "takes a UUID such as 0194b9f0-7c1e-7a55-9f0e-3d1c2b4a5968",
      "does not fit: three or more small letters",
      'takes text such as "k-12"',
      "has a form or characters that are not taken here",
    ]);
  });

  it("names every wrong field of a body at once", () => {
    expect(errorsOf(OrderSchema, "body", { user_id: "123", direction: "UP", amount: "12,5" })).toEqual([
      { path: "/body/user_id", message: "must be integer" },
      { path: "/body/direction", message: 'takes "LONG" or "SHORT"' },
      { path: "/body/amount", message: expect.stringContaining("Exact amount") as string },
    ]);
  });

  it("names a missing field", () => {
    expect(errorsOf(OrderSchema, "body", { user_id: 1, direction: "LONG" })).toEqual([{ path: "/body/amount", message: "is required" }]);
  });

  it("refuses keys that nobody knows, nested ones too", () => {
    expect(errorsOf(OrderSchema, "body", { ...GOOD, leverige: 2, nested: { inner: "x", outer: 1 } })).toEqual([
      { path: "/body/leverige", message: "is not known here" },
      { path: "/body/nested/outer", message: "is not known here" },
    ]);
  });

  it("does not turn an amount's exact text into a number", () => {
    const body = { ...GOOD, amount: "1000.000000000000000001" };
    expect(errorsOf(OrderSchema, "body", body)).toEqual([]);
    expect(body.amount).toBe("1000.000000000000000001");
  });

  it("converts the text of a query to what its schema says", () => {
    const query: Record<string, unknown> = { limit: "20" };
    expect(errorsOf(Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 100 }) }), "querystring", query)).toEqual([]);
    expect(query["limit"]).toBe(20);
    expect(errorsOf(Type.Object({ limit: Type.Integer({ maximum: 100 }) }), "querystring", { limit: "101" })).toEqual([
      { path: "/query/limit", message: "must be <= 100" },
    ]);
  });

  it("leaves an object open that says so", () => {
    expect(closed(Type.Object({ a: Type.String() }, { additionalProperties: true }))).toMatchObject({ additionalProperties: true });
  });
});
