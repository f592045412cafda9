import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { onPath } from "../../../infra/engine/choose.ts";
import { GENERATED_RULES as folder, ownPromtool, promtool } from "../../support/promtool.ts";

const rules = readdirSync(join(folder, "rules"));
const tests = readdirSync(join(folder, "tests"));

/** Building promtool's image the first time takes its packages from the network. */
const PATIENCE_MS = 600_000;

describe("the generated rules in the platform's own Prometheus version (R-MON-2)", () => {
  it("are rules", { timeout: PATIENCE_MS }, async () => {
    expect(rules.length).toBeGreaterThanOrEqual(11);
    const { code, output } = await promtool(folder, "check", "rules", ...rules.map((file) => `rules/${file}`));
    expect(output).toMatch(/SUCCESS: \d+ rules found/);
    expect(code, output).toBe(0);
  });

  it("have a test for each of their files", () => {
    for (const file of rules) expect(tests.some((test) => test.startsWith(`${file.replace(".yml", "")}-`)), file).toBe(true);
  });

  it.each(tests)("fire above, are silent below, silent before their time, and end: %s", { timeout: PATIENCE_MS }, async (file) => {
    const { code, output } = await promtool(folder, "test", "rules", `tests/${file}`);
    expect(output).toContain("SUCCESS");
    expect(code, output).toBe(0);
  });
});

// Another version may see windows differently, as 3 does.
describe("the generated rules in the promtool of this machine's PATH", () => {
  it("are rules, and pass every test", { timeout: PATIENCE_MS }, async ({ skip }) => {
    if (!onPath("promtool")) skip("not on the PATH: promtool");
    const checked = await ownPromtool(folder, "check", "rules", ...rules.map((file) => `rules/${file}`));
    expect(checked.code, checked.output).toBe(0);
    const tested = await ownPromtool(folder, "test", "rules", ...tests.map((file) => `tests/${file}`));
    expect(tested.code, tested.output).toBe(0);
  });
});
