import { describe, expect, it } from "vitest";
import { mergeOpenApi } from "../../../../../services/gateway/pages/merge-openapi.ts";

describe("the merged API document (R-SVC-4)", () => {
  it("has the paths and schemas of all, and names who is missing", () => {
    const merged = mergeOpenApi(
      { openapi: "3.1.0", info: { title: "gateway" }, tags: [{ name: "gateway" }], paths: { "/services": { get: 1 } }, components: { schemas: { Problem: "own" } } },
      [{ tags: [{ name: "nft" }], paths: { "/api/v1/nft/rewards": { get: 2 } }, components: { schemas: { Problem: "theirs", Nft: "n" } } }, {}],
      ["social"],
    );
    expect(merged).toEqual({
      openapi: "3.1.0",
      info: { title: "gateway" },
      tags: [{ name: "gateway" }, { name: "nft" }],
      paths: { "/services": { get: 1 }, "/api/v1/nft/rewards": { get: 2 } },
      components: { schemas: { Problem: "own", Nft: "n" } },
      "x-unavailable": ["social"],
    });
  });
});
