import type { SyntaxNode, Tree } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

export interface Matcher {
  readonly label: string;
  readonly op: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

/** One place of an expression that names a metric. */
export interface Selector {
  readonly series: string;
  readonly matchers: readonly Matcher[];
  /** Window in seconds; absent: the newest value. */
  readonly rangeSeconds?: number;
  /** Function that the selector is the argument of: `rate`. */
  readonly within?: string;
}

/** What the checks need to know of an expression. */
export interface Expression {
  readonly selectors: readonly Selector[];
  /** It has a comparison that decides which series stay. */
  readonly compares: boolean;
  readonly functions: ReadonlySet<string>;
}

export class PromqlError extends Error {
  override readonly name = "PromqlError";
  readonly code = "promql-invalid";
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const COMPARISONS = new Set(["Gtr", "Lss", "Gte", "Lte", "EqlC", "Eql", "EqlSingle", "Neq"]);

/** `1h30m` in seconds. */
export function durationSeconds(text: string): number {
  return [...text.matchAll(/(\d+)(ms|[smhdw])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_SECONDS[unit ?? "s"] ?? 1), 0);
}

function nodesOf(tree: Tree): readonly SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  tree.iterate({ enter: ({ node }) => void nodes.push(node) });
  return nodes;
}

function enclosing(node: SyntaxNode, name: string): SyntaxNode | undefined {
  for (let parent = node.parent; parent !== null; parent = parent.parent) if (parent.name === name) return parent;
  return undefined;
}

function matchersOf(node: SyntaxNode, text: (node: SyntaxNode) => string): readonly Matcher[] {
  return (node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? []).map((matcher) => {
    const [label, op, value] = [matcher.getChild("LabelName"), matcher.getChild("MatchOp"), matcher.getChild("StringLiteral")];
    if (!label || !op || !value) throw new PromqlError(`a matcher that cannot be read: ${text(matcher)}`);
    return { label: text(label), op: text(op) as Matcher["op"], value: JSON.parse(text(value)) as string };
  });
}

function selectorOf(node: SyntaxNode, text: (node: SyntaxNode) => string): Selector {
  const name = node.getChild("Identifier");
  if (!name) throw new PromqlError(`a selector without a metric: ${text(node)}`);
  const matrix = node.parent?.name === "MatrixSelector" ? node.parent : undefined;
  const duration = matrix?.getChild("DurationExpr") ?? matrix?.getChild("NumberDurationLiteralInDurationContext");
  const within = enclosing(node, "FunctionCall")?.getChild("FunctionIdentifier");
  return {
    series: text(name),
    matchers: matchersOf(node, text),
    ...(duration ? { rangeSeconds: durationSeconds(text(duration)) } : {}),
    ...(within ? { within: text(within) } : {}),
  };
}

/**
 * Reads an expression by the grammar of Prometheus 3.
 * @throws PromqlError `promql-invalid` with the place.
 */
export function parsePromql(expression: string): Expression {
  const tree = parser.parse(expression);
  const text = (node: SyntaxNode): string => expression.slice(node.from, node.to);
  const nodes = nodesOf(tree);
  const wrong = nodes.find((node) => node.type.isError);
  if (wrong) throw new PromqlError(`not PromQL at "${expression.slice(wrong.from, wrong.from + 30)}", character ${wrong.from}: ${expression}`);
  const subquery = nodes.find((node) => node.name === "SubqueryExpr");
  if (subquery) throw new PromqlError(`a subquery, which is slow and easy to get wrong; record the inner part: ${text(subquery)}`);
  return {
    selectors: nodes.filter((node) => node.name === "VectorSelector").map((node) => selectorOf(node, text)),
    compares: nodes.some((node) => node.parent?.name === "BinaryExpr" && COMPARISONS.has(node.name)),
    functions: new Set(nodes.filter((node) => node.name === "FunctionIdentifier").map(text)),
  };
}
