import { describe, expect, it } from "vitest";
import { problemOf } from "../../../../services/base/http/errors.ts";
import { Problem } from "../../../../services/base/problem.ts";

describe("a problem document", () => {
  it("has the code, the correlation id and the fields that are wrong", () => {
    const problem = new Problem({
      status: 422,
      code: "insufficient-balance",
      title: "Not enough money",
      detail: "1000 is needed.",
      errors: [{ path: "/body/amount", message: "is more than the balance" }],
    });
    expect(problem.body("c-12345678")).toEqual({
      type: "urn:astratrade:problem:insufficient-balance",
      title: "Not enough money",
      status: 422,
      detail: "1000 is needed.",
      code: "insufficient-balance",
      correlationId: "c-12345678",
      errors: [{ path: "/body/amount", message: "is more than the balance" }],
    });
  });

  it("leaves out what it does not say", () => {
    expect(Object.keys(new Problem({ status: 404, code: "not-found", title: "Nothing is here" }).body("c"))).toEqual([
      "type",
      "title",
      "status",
      "code",
      "correlationId",
    ]);
  });
});

describe("the problem of an error", () => {
  it("tells nothing of our insides for an error that nobody expected", () => {
    const problem = problemOf(new Error("password of trading_app is hunter2"));
    expect(problem.status).toBe(500);
    expect(JSON.stringify(problem.body("c"))).not.toContain("hunter2");
  });

  it.each([
    Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
    new Error("Command timed out"),
    new Error("Stream isn't writeable and enableOfflineQueue options is false"),
  ])("is a 503 that may be tried again where a store is away: %s", (error) => {
    expect(problemOf(error)).toMatchObject({ status: 503, code: "dependency-unavailable", retryAfterSeconds: 1 });
  });

  it("keeps a problem as it is", () => {
    const problem = new Problem({ status: 409, code: "taken", title: "Taken" });
    expect(problemOf(problem)).toBe(problem);
  });
});
