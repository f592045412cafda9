import { ruleGroups } from "./groups.ts";
import type { RuleGroup } from "./model/alert.ts";
import { checkRules } from "./model/check-rules.ts";
import { ruleFile } from "./model/render-rules.ts";
import { runbookFile } from "./model/render-runbook.ts";
import { testFiles } from "./model/render-tests.ts";

/** Folders that hold nothing but generated files. */
export const GENERATED_ALERT_FOLDERS = ["alerts/_gen", "alerts/runbooks"] as const;

/**
 * Files made from the rules, by path from the project's root: rules for Prometheus, tests for promtool, runbooks.
 * @throws RuleError, ExpressionError or PromqlError, before anything is made.
 */
export function generatedAlerts(groups: readonly RuleGroup[] = ruleGroups): ReadonlyMap<string, string> {
  checkRules(groups);
  return new Map(
    groups.flatMap((group): [string, string][] => [
      [`alerts/_gen/rules/${group.name}.yml`, ruleFile(group)],
      ...[...testFiles(group)].map(([name, text]): [string, string] => [`alerts/_gen/tests/${name}`, text]),
      [`alerts/runbooks/${group.name}.md`, runbookFile(group)],
    ]),
  );
}
