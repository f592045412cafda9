import { describe, expect, it } from "vitest";
import { configSchema } from "../../../../infra/config/schema.ts";
import { findRouteLimit, parseRouteLimits, type RouteLimit } from "../../../../services/base/route-limits.ts";

const limitsOf = (text: string): readonly RouteLimit[] => {
  const parsed = parseRouteLimits(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.limits;
};

describe("limits of single routes (R-GW-5)", () => {
  it("are read with method, path and counts", () => {
    expect(limitsOf("POST /api/v1/user/login user=20; * /api/v1/nft/* service=500 user=9;")).toEqual([
      { method: "POST", path: "/api/v1/user/login", perUser: 20 },
      { method: "*", path: "/api/v1/nft/*", perUser: 9, perService: 500 },
    ]);
    expect(limitsOf("")).toEqual([]);
  });

  const WRONG = ["POST /x", "/x user=1", "POST x user=1", "POST /x user=0", "POST /x user=1.5", "POST /x users=1", "post /x user=1", "POST /*/x user=1", "POST /x?a user=1"];
  it.each(WRONG)("%j is refused with what it takes", (text) => {
    expect(parseRouteLimits(text)).toEqual({ problem: expect.stringContaining(`(got "${text}")`) as unknown });
  });

  it("are taken by the stack's config where the gateway takes them", () => {
    const { pattern } = configSchema.properties.limits.properties.routes as unknown as { readonly pattern: string };
    for (const good of ["POST /x user=1", "* /x/* user=1 service=2; GET /y service=3"]) expect(new RegExp(pattern).test(good)).toBe(true);
    for (const wrong of WRONG) expect(new RegExp(pattern).test(wrong)).toBe(false);
  });

  it("hold for the first one that fits, whatever the query", () => {
    const limits = limitsOf("POST /a user=1; * /a user=2; * /b/* user=3");
    expect(findRouteLimit(limits, "POST", "/a?x=1")?.perUser).toBe(1);
    expect(findRouteLimit(limits, "GET", "/a/")?.perUser).toBe(2);
    expect(findRouteLimit(limits, "GET", "/b/c/d")?.perUser).toBe(3);
    expect(findRouteLimit(limits, "GET", "/b")).toBeUndefined();
    expect(findRouteLimit([], "GET", "/a")).toBeUndefined();
  });
});
