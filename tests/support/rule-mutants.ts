import type { AlertRule, RuleGroup } from "../../alerts/model/alert.ts";

/** A rule with one mistake in it, which its tests should notice. */
export interface Mutant {
  /** `GatewayDown: for dropped`. */
  readonly name: string;
  /** Group with the one broken rule. */
  readonly group: RuleGroup;
}

const COMPARISON = /(>|<|==) (\d+(?:\.\d+)?)/g;
const FLIPPED: Readonly<Record<string, string>> = { ">": "<", "<": ">", "==": "!=" };

/** The threshold: the last comparison with a number before the first guard. */
function thresholdOf(expr: string): { readonly op: string; readonly number: string } | undefined {
  const [condition = ""] = expr.split(" and ");
  const last = [...condition.matchAll(COMPARISON)].at(-1);
  return last ? { op: last[1] ?? "", number: last[2] ?? "" } : undefined;
}

function mutationsOf(alert: AlertRule): readonly (readonly [string, Partial<AlertRule>])[] {
  const mutations: (readonly [string, Partial<AlertRule>])[] = [];
  if (alert.forSeconds > 0) mutations.push(["for dropped", { forSeconds: 0 }]);
  const threshold = thresholdOf(alert.expr);
  if (!threshold) return mutations;
  const { op, number } = threshold;
  // A rule may hold it against two windows, or two colours: all of them are changed.
  const written = new RegExp(`${op} ${number.replace(".", "\\.")}(?![\\d.])`, "g");
  const having = (text: string): Partial<AlertRule> => ({ expr: alert.expr.replaceAll(written, text) });
  mutations.push(["comparison flipped", having(`${FLIPPED[op] ?? op} ${number}`)]);
  if (op !== "==" && Number(number) > 0) {
    mutations.push(["threshold x 10", having(`${op} ${Number(number) * 10}`)]);
    mutations.push(["threshold / 10", having(`${op} ${Number(number) / 10}`)]);
  }
  return mutations;
}

/** Every rule of a group with one mistake at a time, each beside the tests of the right rule. */
export function mutantsOf(group: RuleGroup): readonly Mutant[] {
  return group.alerts.flatMap((alert) =>
    mutationsOf(alert).map(([what, change]) => ({
      name: `${alert.name}: ${what}`,
      group: { ...group, alerts: [{ ...alert, ...change }] },
    })),
  );
}
