import { metricOfSeries, seriesNames } from "../../services/base/metrics-contract/contract.ts";
import { TARGET_LABELS } from "../../services/base/metrics-contract/metric.ts";
import { parsePromql, type Expression, type Selector } from "./promql.ts";

/** Prometheus reads targets this often; see `images/configure/prometheus.yml`. */
export const SCRAPE_SECONDS = 5;
const SHORTEST_RANGE_SECONDS = 4 * SCRAPE_SECONDS;
const OF_COUNTERS = new Set(["rate", "increase", "irate"]);
const OF_GAUGES = new Set(["delta", "deriv", "predict_linear"]);
/** Labels that our services give all their series. */
const OWN_LABELS = ["service"];

export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  readonly code = "expression-invalid";
}

/** The known name that shares the most words with a wrong one. */
function nearest(series: string): string {
  const words = new Set(series.split("_"));
  const shared = (name: string): number => name.split("_").filter((word) => words.has(word)).length;
  return [...seriesNames].sort((a, b) => shared(b) - shared(a))[0] ?? "";
}

function problemsOf(selector: Selector, recorded: ReadonlySet<string>): readonly string[] {
  const { series, matchers, rangeSeconds, within = "" } = selector;
  if (recorded.has(series)) return [];
  if (series.includes(":")) return [`${series} is recorded by no rule`];
  const entry = metricOfSeries(series);
  if (!entry) return [`${series} is not in the metric contract (services/base/metrics-contract); the nearest there is ${nearest(series)}`];
  const { metric } = entry;
  const labels = [...metric.labels, ...TARGET_LABELS, ...OWN_LABELS, ...(series.endsWith("_bucket") ? ["le"] : [])];
  const problems = matchers
    .filter((matcher) => !labels.includes(matcher.label))
    .map((matcher) => `${series} has no label ${matcher.label}; it has ${labels.join(", ")}`);
  const counts = metric.type === "counter" || metric.type === "histogram";
  if (OF_COUNTERS.has(within) && !counts) problems.push(`${within}() of ${series}, which is a ${metric.type} and no counter`);
  if (OF_GAUGES.has(within) && counts) problems.push(`${within}() of ${series}, which is a counter`);
  if (rangeSeconds !== undefined && rangeSeconds < SHORTEST_RANGE_SECONDS)
    problems.push(`${series} over ${rangeSeconds} s, which may hold too few samples; take ${SHORTEST_RANGE_SECONDS} s or more`);
  for (const { op, value } of matchers.filter((matcher) => matcher.label === "le"))
    if (op !== "=~" || !value.includes("\\.")) problems.push(`${series} with le${op}"${value}": Prometheus 3 writes 5 as 5.0, so match both (histogramLe)`);
  return problems;
}

/**
 * Reads an expression and holds it against the metric contract: known metrics, known labels, functions that fit the
 * metric's type, windows that hold enough samples.
 * An error begins with `where`; `recorded` are series that rules record.
 * @throws ExpressionError `expression-invalid` with every problem; PromqlError when it is not PromQL.
 */
export function checkExpression(where: string, text: string, recorded: ReadonlySet<string>): Expression {
  const expression = parsePromql(text);
  const problems = expression.selectors.flatMap((selector) => problemsOf(selector, recorded));
  if (problems.length > 0) throw new ExpressionError([`${where}: ${problems.length} in its expression`, ...problems].join("\n  "));
  return expression;
}
