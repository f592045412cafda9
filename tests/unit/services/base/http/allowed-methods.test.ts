import { describe, expect, it } from "vitest";
import { AllowedMethods } from "../../../../../services/base/http/allowed-methods.ts";

function known(): AllowedMethods {
  const allowed = new AllowedMethods();
  allowed.add("/api/v1/users/:id", ["GET"]);
  allowed.add("/api/v1/users/:id", ["PATCH"]);
  allowed.add("/api/v1/users/.well-known/jwks.json", ["GET"]);
  allowed.add("/files/*", ["PUT"]);
  return allowed;
}

describe("allowed methods", () => {
  it.each([
    ["/api/v1/users/123", ["GET", "PATCH"]],
    ["/api/v1/users/123/", ["GET", "PATCH"]],
    ["/api/v1/users/.well-known/jwks.json", ["GET"]],
    ["/files/a/b", ["PUT"]],
    ["/api/v1/users/1/2", []],
    ["/api/v1/users", []],
  ])("of %s are %j", (path, methods) => {
    expect(known().of(path)).toEqual(methods);
  });
});
