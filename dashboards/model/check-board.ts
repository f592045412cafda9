import { ruleGroups } from "../../alerts/groups.ts";
import { checkExpression } from "../../alerts/model/check-expression.ts";
import { metricOfSeries } from "../../services/base/metrics-contract/contract.ts";
import type { Board, PanelSpec } from "./board.ts";

export class BoardError extends Error {
  override readonly name = "BoardError";
  readonly code = "board-invalid";
}

/** Series that alert rules record: panels may show them. */
const recorded = new Set(ruleGroups.flatMap((group) => group.records.map((rule) => rule.record)));

/** A query as Prometheus gets it when every choice is on "All". */
export function withAllChosen(expr: string): string {
  return expr.replaceAll("$__rate_interval", "1m").replaceAll(/\$[a-z_]+/g, ".*");
}

function problemsOf(panel: PanelSpec, board: Board): readonly string[] {
  const problems: string[] = [];
  if (panel.width < 1 || panel.width > 24) problems.push(`is ${panel.width} columns wide; a board has 24`);
  if (panel.queries.length > 1 && panel.queries.some((query) => query.legend === undefined)) problems.push("has several queries and does not name their lines");
  for (const { expr } of panel.queries) {
    const { selectors } = checkExpression(`${board.uid}/${panel.title}`, withAllChosen(expr), recorded);
    for (const variable of expr.matchAll(/\$([a-z_]+)/g))
      if (variable[1] !== "__rate_interval" && !board.variables.some(({ name }) => name === variable[1]))
        problems.push(`uses $${variable[1]}, which the board does not have`);
    const rates = selectors.filter(({ within }) => within === "rate");
    if (rates.length > 0 && !expr.includes("[$__rate_interval]")) problems.push("has a rate() over a fixed window; take [$__rate_interval]");
  }
  return problems.map((problem) => `${board.uid}: panel "${panel.title}" ${problem}`);
}

/**
 * Holds boards against the metric contract and the bar for a panel.
 * @throws BoardError with all problems; ExpressionError or PromqlError for the first query that is wrong.
 */
export function checkBoards(boards: readonly Board[]): void {
  const problems = boards.flatMap((board) => {
    const panels = board.rows.flatMap((row) => row.panels);
    const queries = panels.flatMap((panel) => panel.queries.map((query) => query.expr));
    return [
      ...board.variables.filter(({ metric }) => !metricOfSeries(metric)).map(({ metric }) => `${board.uid}: ${metric} of a variable is not in the metric contract`),
      ...queries.filter((query, index) => queries.indexOf(query) !== index).map((query) => `${board.uid}: two panels ask ${query}`),
      ...panels.flatMap((panel) => problemsOf(panel, board)),
    ];
  });
  if (problems.length > 0) throw new BoardError(`${problems.length} problems in the dashboards:\n  ${problems.join("\n  ")}`);
}
