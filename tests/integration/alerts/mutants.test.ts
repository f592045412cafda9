import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ruleGroups } from "../../../alerts/groups.ts";
import type { RuleGroup } from "../../../alerts/model/alert.ts";
import { ruleFile } from "../../../alerts/model/render-rules.ts";
import { testFiles } from "../../../alerts/model/render-tests.ts";
import { promtool } from "../../support/promtool.ts";
import { mutantsOf } from "../../support/rule-mutants.ts";

const PATIENCE_MS = 600_000;

/** Writes a rule beside the tests of another form of it, and gives the paths of the tests. */
async function place(folder: string, rule: RuleGroup, tested: RuleGroup): Promise<readonly string[]> {
  await mkdir(join(folder, "rules"), { recursive: true });
  await mkdir(join(folder, "tests"));
  await writeFile(join(folder, "rules", `${rule.name}.yml`), ruleFile(rule));
  const files = testFiles(tested);
  for (const [name, text] of files) await writeFile(join(folder, "tests", name), text);
  return [...files.keys()].map((name) => join("tests", name));
}

/** Which of the test files promtool found good. */
function passed(output: string): ReadonlySet<string> {
  return new Set([...output.matchAll(/Unit Testing: +(\S+)\n +SUCCESS/g)].map((match) => match[1] ?? ""));
}

describe("the tests of the rules (R-MON-2)", () => {
  it("notice a dropped `for`, a flipped comparison, and a threshold ten times too high or low", { timeout: PATIENCE_MS }, async () => {
    const root = await mkdtemp(join(tmpdir(), "mutants-"));
    try {
      await chmod(root, 0o755);
      const originals = new Map<string, string>();
      const broken = new Map<string, string>();
      for (const group of ruleGroups) {
        for (const alert of group.alerts) {
          const alone = { ...group, alerts: [alert] };
          for (const path of await place(join(root, alert.name), alone, alone)) originals.set(`${alert.name}/${path}`, alert.name);
        }
        for (const [index, mutant] of mutantsOf(group).entries()) {
          const folder = `${group.name}-${index}`;
          const tested = { ...group, alerts: group.alerts.filter((alert) => alert.name === mutant.group.alerts[0]?.name) };
          for (const path of await place(join(root, folder), mutant.group, tested)) broken.set(`${folder}/${path}`, mutant.name);
        }
      }
      const { output } = await promtool(root, "test", "rules", ...originals.keys(), ...broken.keys());
      const good = passed(output);
      // Without this, tests that cannot be read would "notice" everything.
      expect([...originals].filter(([path]) => !good.has(path)).map(([, name]) => name)).toEqual([]);
      expect(broken.size).toBeGreaterThan(250);
      expect([...broken].filter(([path]) => good.has(path)).map(([, name]) => name)).toEqual([]);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
