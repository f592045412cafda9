import { describe, expect, it } from "vitest";
import { committedFiles } from "../../../../infra/host/generated-files.ts";
import { GENERATED_PAGE_FOLDERS, generatedPages } from "../../../../infra/images/page-assets.ts";

describe("the generated parts of the gateway's page", () => {
  it("are those that their sources give: run `npm run generate` after a change", async () => {
    expect([...(await committedFiles(GENERATED_PAGE_FOLDERS))]).toEqual([...(await generatedPages())]);
  });

  it("can stand inside a script and a style element", async () => {
    for (const text of (await generatedPages()).values()) expect(text).not.toMatch(/<\/(script|style)|<!--/i);
  });
});
