import { acknowledged, type LossResult } from "./run.ts";

/** What came of a run, in plain lines. */
export function summaryOf(result: LossResult, seed: number): string {
  const { answers, history, effects, deadLetters } = result;
  const kinds = new Map<string, number>();
  for (const name of history) kinds.set(name, (kinds.get(name) ?? 0) + 1);
  const lines: [string, string][] = [
    ["seed", String(seed)],
    ["operations", `${result.operations} in ${Math.round(result.operatedMs / 1000)} s`],
    ["acknowledged", `${acknowledged(answers)}: ${answers.trades.length} trades, ${answers.posts.length} posts, ${answers.users.length} users, ${answers.planted.length} planted`],
    ["refused", answers.refused.size === 0 ? "0" : [...answers.refused].map(([why, times]) => `${times} x ${why}`).join(", ")],
    ["without an answer", String(answers.unknown)],
    ["faults", `${history.length}: ${[...kinds].sort().map(([name, times]) => `${times} x ${name}`).join(", ")}`],
    ["events", String(result.events)],
    ["effects by group", Object.entries(effects).map(([group, count]) => `${group} ${count}`).join(", ")],
    ["dead letters", `${deadLetters.found} found, ${deadLetters.expected} expected of ${answers.planted.length} planted events`],
    ["ledger", result.ledger.join("; ")],
    ["wrong", result.faults.length === 0 ? "nothing" : result.faults.join("\n  ")],
  ];
  return lines.map(([what, value]) => `${what.padEnd(18)} ${value}`).join("\n");
}
