import { checkExpression } from "./check-expression.ts";
import type { AlertRule, RuleGroup } from "./alert.ts";

export class RuleError extends Error {
  override readonly name = "RuleError";
  readonly code = "rules-invalid";
}

/** Rules are evaluated this often unless their group says otherwise; see `images/configure/prometheus.yml`. */
const EVALUATION_SECONDS = 5;
/** Functions whose result stays true for a while by itself. */
const FACTS = new Set(["increase", "changes", "delta"]);
const SHORTEST_KEEP_SECONDS = 600;

function problemsOf(alert: AlertRule, group: RuleGroup, recorded: ReadonlySet<string>): readonly string[] {
  const expression = checkExpression(alert.name, alert.expr, recorded);
  const problems: string[] = [];
  const twoEvaluations = 2 * (group.intervalSeconds ?? EVALUATION_SECONDS);
  if (!expression.compares && alert.severity !== "none") problems.push("has no comparison, so it fires whenever there is data");
  if (alert.forSeconds === 0 && alert.severity !== "none") {
    if (![...expression.functions].some((name) => FACTS.has(name)) && alert.keepFiringSeconds === undefined)
      problems.push("has no `for`, though its condition may hold for one evaluation only");
    if ((alert.keepFiringSeconds ?? 0) < SHORTEST_KEEP_SECONDS)
      problems.push(`has no \`for\`, so it has to keep firing for ${SHORTEST_KEEP_SECONDS} s or more for a person to see it`);
  } else if (alert.forSeconds < twoEvaluations && alert.severity !== "none") {
    problems.push(`waits ${alert.forSeconds} s, less than two evaluations (${twoEvaluations} s)`);
  }
  if (alert.description.includes("$value") && !/\$value \| humanize/.test(alert.description)) problems.push("shows a value that is not humanized");
  if (alert.description.includes("$value") !== (alert.test.value !== undefined)) problems.push("names a value in its description or its test, but not in both");
  if (alert.action === "rollback" && !alert.description.includes("$labels.colour")) problems.push("asks for a rollback and does not name the colour");
  return problems.map((problem) => `${group.name}/${alert.name} ${problem}`);
}

/**
 * Holds rules against the bar that every one has to meet.
 * @throws RuleError with all problems; ExpressionError and PromqlError for the first expression that is wrong.
 */
export function checkRules(groups: readonly RuleGroup[]): void {
  const recorded = new Set(groups.flatMap((group) => group.records.map((rule) => rule.record)));
  for (const group of groups) for (const rule of group.records) checkExpression(rule.record, rule.expr, recorded);
  const names = groups.flatMap((group) => group.alerts.map((alert) => alert.name));
  const problems = [
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is there twice`),
    ...groups.flatMap((group) => group.alerts.flatMap((alert) => problemsOf(alert, group, recorded))),
  ];
  if (problems.length > 0) throw new RuleError(`${problems.length} problems in the alert rules:\n  ${problems.join("\n  ")}`);
}
