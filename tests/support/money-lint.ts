import ts from "typescript";

/** A place where money may become a float. */
export interface MoneyFault {
  /** What stands there, in one line. */
  readonly text: string;
  readonly line: number;
  readonly rule: "conversion" | "arithmetic" | "to-number" | "schema" | "sql";
}

/** Names by which this code calls amounts of money, and quantities that are bought with it. */
const MONEY =
  /(?:^|[a-z_])(?:price|amount|fee|fees|balance|volume|revenue|commission|proceeds|profit|loss|margin|equity|exposure|quantity|cost|value|payout|spread|mid|bid|ask|credit|debit|wallet|equity|worth|notional|sum)s?$/i;
/** These end alike and are none. */
const NO_MONEY = /(?:task|mask|checksum)$/i;

/** Ages are floats of seconds. */
const SECONDS = /extract\(epoch FROM (?:[^()]|\([^()]*\))*\)::float8/g;

function nameOf(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression)) return node.argumentExpression.text;
  if (ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return nameOf(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return nameOf(node.left);
  return undefined;
}

function isMoney(node: ts.Node): boolean {
  const name = nameOf(node);
  return name !== undefined && MONEY.test(name) && !NO_MONEY.test(name);
}

function mentionsMoney(node: ts.Node): boolean {
  // What a call gives back is named by the call, not by what it was given: `count(prices)`.
  if (isMoney(node)) return true;
  if (ts.isCallExpression(node)) return mentionsMoney(node.expression);
  if (ts.isPropertyAccessExpression(node)) return false;
  return ts.forEachChild(node, (child) => mentionsMoney(child) || undefined) ?? false;
}

const CONVERSIONS = /^(?:Number|parseFloat|parseInt|Number\.parseFloat|Number\.parseInt|Math\.\w+)$/;
const ARITHMETIC: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.MinusToken,
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
  ts.SyntaxKind.AsteriskAsteriskToken,
  ts.SyntaxKind.PlusEqualsToken,
  ts.SyntaxKind.MinusEqualsToken,
  ts.SyntaxKind.AsteriskEqualsToken,
  ts.SyntaxKind.SlashEqualsToken,
]);

function ruleOf(node: ts.Node): MoneyFault["rule"] | undefined {
  if (ts.isCallExpression(node)) {
    const called = node.expression.getText();
    if (called.endsWith(".toNumber")) return "to-number";
    if (CONVERSIONS.test(called) && node.arguments.some(mentionsMoney)) return "conversion";
  }
  if (ts.isPrefixUnaryExpression(node) && [ts.SyntaxKind.PlusToken, ts.SyntaxKind.MinusToken].includes(node.operator) && mentionsMoney(node.operand)) {
    return "conversion";
  }
  if (ts.isBinaryExpression(node) && ARITHMETIC.has(node.operatorToken.kind) && (isMoney(node.left) || isMoney(node.right))) return "arithmetic";
  if (ts.isPropertyAssignment(node) && MONEY.test(node.name.getText().replaceAll(/["']/g, "")) && /^Type\.(?:Optional\()?(?:Type\.)?(?:Number|Integer)\(/.test(node.initializer.getText())) {
    return "schema";
  }
  const isSql = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
  if (isSql && /::\s*(?:float|real|double)|\b(?:double precision|real|float[48]?)\s+(?:NOT NULL|CHECK|DEFAULT|,)/i.test(node.getText().replace(SECONDS, ""))) return "sql";
  return undefined;
}

/** Places in a source file where money may become a float: converted, calculated with, declared as a number, or cast in SQL. */
export function moneyFaults(fileName: string, source: string): readonly MoneyFault[] {
  const file = ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true);
  const faults: MoneyFault[] = [];
  const visit = (node: ts.Node): void => {
    const rule = ruleOf(node);
    if (rule !== undefined) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      faults.push({ rule, line: line + 1, text: node.getText().replaceAll(/\s+/g, " ").slice(0, 120) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return faults;
}
