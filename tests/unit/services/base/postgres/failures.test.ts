import { describe, expect, it } from "vitest";
import { failureOf, isDatabaseAway, problemOf } from "../../../../../services/base/postgres/failures.ts";
import { Problem } from "../../../../../services/base/problem.ts";

const coded = (code: string): Error => Object.assign(new Error("it failed"), { code });

describe("database failures (R-SVC-3)", () => {
  it.each([
    ["ECONNREFUSED", "connection"], ["ECONNRESET", "connection"], ["08006", "connection"], ["57P01", "connection"], ["53300", "connection"],
    ["57014", "timeout"], ["40001", "conflict"], ["40P01", "conflict"], ["23505", "statement"], ["42P01", "statement"], ["28P01", "statement"],
  ])("with code %s are sorted as %s", (code, failure) => {
    expect(failureOf(coded(code))).toBe(failure);
  });

  it.each([
    ["timeout exceeded when trying to connect", "busy"], ["Connection terminated unexpectedly", "connection"], ["Query read timeout", "connection"], ["anything else", "statement"],
  ])("saying '%s' are sorted as %s", (message, failure) => {
    expect(failureOf(new Error(message))).toBe(failure);
  });

  it("of all addresses of a host are sorted by the first", () => {
    expect(failureOf(new AggregateError([coded("ECONNREFUSED"), coded("ETIMEDOUT")]))).toBe("connection");
  });

  it("become a 503 for the caller, and errors of a statement stay what they are", () => {
    expect(problemOf(coded("ECONNREFUSED"))).toMatchObject({ status: 503, code: "database-unavailable" });
    expect(problemOf(new Error("timeout exceeded when trying to connect"))).toMatchObject({ status: 503, code: "database-busy" });
    const unique = coded("23505");
    expect(problemOf(unique)).toBe(unique);
  });

  it("say whether waiting helps: a slow or wrong statement would fail again", () => {
    expect(isDatabaseAway(problemOf(coded("ECONNREFUSED")))).toBe(true);
    expect(isDatabaseAway(coded("40001"))).toBe(true);
    expect(isDatabaseAway(problemOf(coded("57014")))).toBe(false);
    expect(isDatabaseAway(coded("23505"))).toBe(false);
    expect(isDatabaseAway(new Problem({ status: 503, code: "other", title: "other" }))).toBe(false);
  });
});
